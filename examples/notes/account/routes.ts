import { blueprint } from '@micro/core'
import { form } from '@micro/forms'
import { z } from 'zod'
import { theAuth, theDb } from '../extensions.ts'

export const account = blueprint('account', import.meta, { needs: [theDb, theAuth] })

const SignIn = z.object({
  email: z.email('Give an e-mail address.').meta({ label: 'E-mail', autocomplete: 'username' }),
  password: z.string().min(1, 'Give your password.').meta({ label: 'Password', secret: true, autocomplete: 'current-password' }),
})

const Register = z.object({
  email: z.email('Give an e-mail address.').meta({ label: 'E-mail', autocomplete: 'username' }),
  password: z
    .string()
    .min(15, 'Take 15 characters or more: a few words do.')
    .meta({ label: 'Password', description: '15 characters or more: a few words do.', secret: true, autocomplete: 'new-password' }),
})

account.get('/login', { name: 'login', use: [form(SignIn)] }, (ctx) => ctx.render('account/sign-in.ejs', { form: ctx.form }))

account.post('/login', [form(SignIn)], async (ctx) => {
  if (!ctx.form.ok) {
    return ctx.render('account/sign-in.ejs', { form: ctx.form })
  }
  const result = await ctx.auth.signIn(ctx.form.data)
  if (!result.ok) {
    return ctx.render('account/sign-in.ejs', { form: ctx.form.fail('', result.message) }, result.status)
  }
  return ctx.redirect(ctx.auth.next(ctx.urlFor('notes.index')))
})

account.get('/register', { name: 'register', use: [form(Register)] }, (ctx) => ctx.render('account/register.ejs', { form: ctx.form }))

account.post('/register', [form(Register)], async (ctx) => {
  if (!ctx.form.ok) {
    return ctx.render('account/register.ejs', { form: ctx.form })
  }
  const result = await ctx.auth.register(ctx.form.data)
  if (!result.ok) {
    const field = result.errors.password === undefined ? 'email' : 'password'
    return ctx.render('account/register.ejs', { form: ctx.form.fail(field, result.message) }, result.status)
  }
  await ctx.auth.login(result.user)
  ctx.flash('Welcome. Write your first note.')
  return ctx.redirect(ctx.urlFor('notes.index'))
})

account.post('/logout', { name: 'logout' }, async (ctx) => {
  await ctx.auth.logout()
  ctx.flash('You have signed out.')
  return ctx.redirect(ctx.urlFor('account.login'))
})
