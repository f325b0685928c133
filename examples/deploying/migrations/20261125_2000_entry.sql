-- up
create table entry (
  id integer primary key generated always as identity,
  name text not null,
  text text not null
);

-- down
drop table entry;
