import type { CoreConfigInput } from '../config/core-config.ts'
import type { AnyExtension } from '../extension/typed.ts'
import type { MicroOptions } from './micro-options.ts'

type UnionToIntersection<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never

/** `MicroOptions` whose `config` is checked for core and the extensions named: `OptionsFor<typeof theDb | typeof theAuth>`. */
export type OptionsFor<E extends AnyExtension> = Omit<MicroOptions, 'config'> & {
  readonly config?: CoreConfigInput & UnionToIntersection<E['~types']['options']>
}
