-- up
create table link (
  id integer primary key,
  url text not null,
  title text not null,
  created integer not null
);
-- down
drop table link;
