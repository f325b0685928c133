export { Blueprint, type BlueprintOptions, blueprint, type RegisterOptions } from './blueprint.ts'
export { Client, type ClientOptions, type ClientRequest } from './client.ts'
export type { ConfigEntry } from './config.ts'
export type { AppView, Context, ReadOptions, RequestHeaders, RouteInfo } from './context.ts'
export type { Converter } from './converter.ts'
export type { CookieOptions } from './cookie.ts'
export { CookieJar } from './cookie-jar.ts'
export type { CoreConfig, CoreConfigInput } from './core-config.ts'
export type { CoreErrorCode } from './core-errors.ts'
export { type Double, type DoubleParts, double } from './double.ts'
export type { ServerEvent } from './events.ts'
export {
  type AnyExtension,
  type DefinedExtension,
  defineExtension,
  type Extension,
  type ExtensionDefinition,
  type ExtensionTypes,
  type Member,
  type Members,
  type Need,
  type Needs,
  need,
  PROTOCOL,
} from './extension.ts'
export type { FileOptions } from './files.ts'
export type { Flash } from './flash.ts'
export { escapeHtml, isSafeHtml, raw, SafeHtml } from './html.ts'
export { abort, HttpError, type HttpErrorOptions, isHttpError } from './http-error.ts'
export type {
  AnyBlueprint,
  AppOf,
  ContextOf,
  ConvertersOf,
  HandlerResult,
  Installed,
  NeededMembers,
  NeedsOf,
  RouteMethod,
  RouteOptions,
  Typed,
  Types,
} from './inference.ts'
export type { Log, LogFields, LogLevel, LogLine, LogSink } from './log.ts'
export { Micro, micro } from './micro.ts'
export { type ErrorEntry, type ErrorFactory, errorTable, isMicroError, MicroError } from './micro-error.ts'
export type { MicroOptions } from './micro-options.ts'
export { type Added, type AnyMiddleware, type Middleware, middleware, type Next } from './middleware.ts'
export type { Mode } from './mode.ts'
export { type Option, type OptionSettings, option, options, type Shape, type ShapeInput, type ShapeOutput } from './option.ts'
export type { OptionsFor } from './options-for.ts'
export type { CoreConverters, Params } from './path-params.ts'
export type { Contribution, ExtensionList, InstalledExtension } from './registry.ts'
export { Reply, type ReplyBody } from './reply.ts'
export type { Session, SessionData, SessionStore } from './session.ts'
export type {
  AfterHook,
  BeforeHook,
  BodyReader,
  CommandInput,
  CommandOptions,
  CommandRegistry,
  ErrorHandler,
  ErrorTarget,
  HealthCheck,
  HookOptions,
  JsonProvider,
  Phase,
  ReplaceOptions,
  Setup,
  TeardownHook,
} from './setup.ts'
export { PHASES } from './setup.ts'
export type { Signer } from './signing.ts'
export type { ConfigSchema, InputOf, OutputOf, StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'
export type { CompiledTemplate, Filter, TemplateEngine, TemplateSource } from './templates.ts'
export type { UrlOptions, UrlValues } from './url-for.ts'
