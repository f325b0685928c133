import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that `@micro/forms` throws at developers. Codes are permanent. */
export const FORMS_ERRORS = {
  MICRO_FORMS_SCHEMA: {
    message: '{what}() was given something that is no schema: {value}.',
    fix: 'Give it a schema of a library that implements Standard Schema, such as z.object({ … }) of zod 4.',
  },
  MICRO_FORMS_ZOD: {
    message: '{what}() was given a schema of zod {version}.',
    fix: 'Forms read the schemas of zod 4.6 and later: npm install zod@^4.6.',
  },
  MICRO_FORMS_FIELD: {
    message: "The form was asked for a field '{name}', which is no field name: {problem}.",
    fix: "Field names are written as in HTML: 'title', 'address.zip' or 'address[zip]', 'items[0].name'.",
  },
  MICRO_FORMS_ATTRIBUTE: {
    message: "'{name}' is no name of an HTML attribute.",
    fix: 'Attribute names hold no space, quote, equals sign, slash, angle bracket or control character.',
  },
  MICRO_FORMS_BODY: {
    message: "The body reader for '{type}' gave {what}.",
    fix: 'A body reader gives what JSON can say, or an iterable of [name, value] pairs such as FormData.',
  },
} as const

/** Permanent codes of the errors of `@micro/forms`: `switch (error.code)` narrows. */
export type FormsErrorCode = keyof typeof FORMS_ERRORS

/** Makes an error of this package's table. */
export const formsError: ErrorFactory<typeof FORMS_ERRORS> = errorTable(FORMS_ERRORS)
