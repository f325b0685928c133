/** Modules that are broken on purpose, each with every rule that turns red for it, and what that sees. */
export const BAD_MODULES = {
  'imports-sibling': {
    what: 'imports another extension',
    red: { P11: /^it imports @micro\/forms at run time$/, P22: /^its import loads @micro\/forms$/ },
  },
  'nameless-types': {
    what: 'has members without a name',
    red: { P30: /^no exported interface of 'nameless' extends Extension/ },
  },
  'busy-import': {
    what: 'does things when it is imported',
    red: {
      P01: /reads MICRO_BUSY__URL of the environment.*calls setInterval\(\).*opens a server .*opens a timer /,
      P30: /no exported interface/,
    },
  },
  'throws-at-import': {
    what: 'throws at import',
    red: { P01: /not today/, P22: /not today/, P30: /no exported interface/ },
  },
} as const satisfies { readonly [folder: string]: { readonly what: string; readonly red: { readonly [rule: string]: RegExp } } }

/** Folder of one of them. */
export type BadModule = keyof typeof BAD_MODULES
