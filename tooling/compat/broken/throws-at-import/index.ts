/** Broken on purpose: nobody can import it. */
throw new Error('not today')
