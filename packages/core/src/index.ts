export type { MatchOptions, RouteMatch } from './app/app-assembly.ts'
export { Blueprint, type BlueprintOptions, blueprint, type Registered, type RegisterOptions, type WideApp } from './app/blueprint.ts'
export { Micro, micro } from './app/micro.ts'
export type { MicroOptions } from './app/micro-options.ts'
export type { FetchHandler, Mountable } from './app/mount.ts'
export type { OptionsFor } from './app/options-for.ts'
export { Client } from './client/client.ts'
export type { ClientReply } from './client/client-exchange.ts'
export type { ClientAuth, ClientOptions, ClientRequest } from './client/client-request.ts'
export type { ClientApp, FetchTarget } from './client/client-target.ts'
export { CookieJar } from './client/cookie-jar.ts'
export type { ConfigEntry } from './config/config.ts'
export type { CoreConfig, CoreConfigInput, ForwardedHeader } from './config/core-config.ts'
export type { Mode } from './config/mode.ts'
export { type Option, type OptionSettings, option, options, type Shape, type ShapeInput, type ShapeOutput } from './config/option.ts'
export { checkOptions, type OptionNames } from './errors/check-options.ts'
export type { CoreErrorCode } from './errors/core-errors.ts'
export { type ErrorEntry, type ErrorFactory, errorTable, isMicroError, MicroError } from './errors/micro-error.ts'
export type { CommandInput, CommandOptions, CommandRegistry } from './extension/command.ts'
export type { CommandFlag, CommandFlags, FlagValues } from './extension/command-flags.ts'
export { type Double, type DoubleParts, double } from './extension/double.ts'
export {
  type DefinedExtension,
  defineExtension,
  type Extension,
  type ExtensionDefinition,
  type Members,
  PROTOCOL,
} from './extension/extension.ts'
export type { HealthCheck, HealthReport } from './extension/health.ts'
export type {
  AppOf,
  ContextOf,
  ConvertersOf,
  HandlerResult,
  Installed,
  NamedUrlOptions,
  NeededMembers,
  NeedsOf,
  RouteMethod,
  RouteOptions,
} from './extension/inference.ts'
export { type Member, type Need, type Needs, need } from './extension/need.ts'
export type { Contribution, ExtensionList, InstalledExtension } from './extension/registry.ts'
export type { ReplaceOptions, Setup } from './extension/setup.ts'
export type { AnyBlueprint, AnyExtension, AnyMiddleware, ExtensionTypes, Typed, Types } from './extension/typed.ts'
export type { ByteRange } from './files/file-range.ts'
export type { FileOptions } from './files/files.ts'
export { type HookOptions, PHASES, type Phase } from './hooks/hooks.ts'
export { type Middleware, middleware } from './hooks/middleware.ts'
export type { AfterHook, BeforeHook, ErrorClass, ErrorHandler, ErrorTarget, ParamsHook, TeardownHook } from './hooks/request-hooks.ts'
export { type Signal, signal } from './hooks/signal.ts'
export { type AppMessage, type ContextMessage, type ListenOptions, onSignal, type SignalMessages } from './hooks/signals.ts'
export type { Authorization } from './http/authorization.ts'
export type { CacheControl } from './http/cache-control.ts'
export { contentDisposition } from './http/content-disposition.ts'
export type { CookieOptions } from './http/cookie.ts'
export type { EventOptions, ServerEvent } from './http/events.ts'
export { abort, HttpError, type HttpErrorOptions, isHttpError } from './http/http-error.ts'
export { isJsonType, type MediaType, parseMediaType } from './http/media-type.ts'
export type { ResourceVersion } from './http/preconditions.ts'
export type { Preferences } from './http/preferences.ts'
export { Reply, type ReplyBody } from './http/reply.ts'
export type { HeaderFields, RequestHeaders } from './http/request-headers.ts'
export { type FieldValues, requireField } from './http/require-field.ts'
export type { JsonProvider } from './json/json.ts'
export type { ConfigSchema, InputOf, OutputOf, StandardIssue, StandardResult, StandardSchema } from './json/standard-schema.ts'
export type { Log, LogFields, LogLevel, LogLine, LogSink } from './log/log.ts'
export { redirectTo } from './reply/redirect-to.ts'
export { withEntityTag } from './reply/with-entity-tag.ts'
export type { ReadOptions } from './request/body.ts'
export type { AppView, Context, ContextClass, RouteInfo } from './request/context.ts'
export type { BodyReader } from './request/context-host.ts'
export {
  CROSS_SITE_VARY,
  type CrossSitePolicy,
  type CrossSiteReason,
  type CrossSiteVerdict,
  crossSiteVerdict,
  trustedOriginProblem,
} from './request/cross-site.ts'
export type { Converter, Converters } from './routing/converter.ts'
export type { Asked, RouterClass } from './routing/host-router.ts'
export type { Added, Next } from './routing/next.ts'
export type { ParamValues } from './routing/param-segment.ts'
export type { ConverterValues, CoreConverters, HostParams, Params, WithConverters } from './routing/path-params.ts'
export type { RoutePlacement } from './routing/route-placement.ts'
export type { UrlAsked, UrlErrorHandler, UrlOptions, UrlValues } from './routing/url-for.ts'
export type { UrlDefaults, UrlRequest } from './routing/url-targets.ts'
export type { Flash } from './session/flash.ts'
export type { IncrementOptions, KeepOptions, KeyValueStore } from './session/key-value-store.ts'
export type { Session, SessionStore, StoredSession } from './session/session.ts'
export type { SessionCookie } from './session/session-cookie.ts'
export type { Signer } from './session/signing.ts'
export { type EjsOptions, ejsEngine } from './templates/ejs-engine.ts'
export { escapeHtml, isSafeHtml, raw, SafeHtml } from './templates/html.ts'
export type { CompiledTemplate, Filter, TemplateChoice, TemplateEngine, TemplateSource, TemplateText } from './templates/template-engine.ts'
