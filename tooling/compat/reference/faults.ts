/**
 * The faults that the reference extension can commit, each with every rule that turns red for it: one that keeps it from being installed
 * turns nearly all of them.
 */
export const FAULTS = {
  'factory reads the environment': ['P01'],
  'factory starts a timer': ['P01'],
  'factory reads a file': ['P01'],
  'value is not frozen': ['P02'],
  'state of the module': ['P02'],
  'counts its uses in the module': ['P02'],
  'keeps every app': ['P02'],
  'keeps every context': ['P02'],
  'keeps its apps alive by a listener': ['P02', 'P15'],
  'takes a name of core': ['P02', 'P03', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P29'],
  'made for another core': ['P02', 'P03', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P29'],
  'answers for another name': ['P02', 'P03', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P29'],
  'accepts wrong values': ['P04'],
  'error shows a secret': ['P04'],
  'prints a secret': ['P04'],
  'configuration can be changed': ['P06'],
  'initApp is asynchronous': ['P02', 'P03', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P29'],
  'initApp reads the environment': ['P09'],
  'initApp reads a file': ['P09'],
  'initApp starts a timer': ['P09'],
  'initApp opens a server': ['P09'],
  'initApp changes a global': ['P09'],
  'initApp replaces a function of the language': ['P09'],
  'initApp throws': ['P02', 'P03', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P29'],
  'declares after initApp': ['P02', 'P04', 'P06', 'P09', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P29'],
  'says another version than it has': ['P13'],
  'adds a member of its own to the app': ['P13'],
  'adds a member of its own to the context': ['P13'],
  'changes a method of the app': ['P13'],
  'changes a method of every app': ['P13'],
  'declares a route while a request runs': ['P02', 'P09', 'P15', 'P16', 'P22', 'P25', 'P29'],
  'start fails': ['P02', 'P04', 'P06', 'P09', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P29'],
  'forgets to stop its timer': ['P02', 'P15'],
  'forgets to stop a timer that keeps nobody waiting': ['P02', 'P15'],
  'start hangs': ['P02', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P28', 'P29'],
  'its use hangs': ['P02', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P28', 'P29'],
  'stop hangs': ['P02', 'P04', 'P06', 'P09', 'P13', 'P15', 'P16', 'P17', 'P21', 'P22', 'P25', 'P26', 'P28', 'P29'],
  'leaves a child process': ['P15'],
  'stop fails': ['P02', 'P04', 'P06', 'P09', 'P15', 'P16', 'P21', 'P22', 'P25', 'P29'],
  'leaves a server open': ['P15'],
  'leaves a connection open': ['P02', 'P15'],
  'leaves a listener on the process': ['P02', 'P15'],
  'forgets its teardown': ['P02', 'P15'],
  'context member is a promise': ['P02', 'P09', 'P15', 'P16', 'P22', 'P25'],
  'makes its member for every request': ['P16'],
  'teardown fails': ['P09', 'P17'],
  'behaves by what else is installed': ['P21'],
  'works only with another extension': ['P02', 'P09', 'P15', 'P22'],
  'swallows its error': ['P25'],
  'throws a plain error': ['P25'],
  'throws a foreign code': ['P25'],
  'uses what is deprecated': ['P26'],
  'burns the processor on every request': ['P28'],
  'adds a header to every reply': ['P29'],
  'opens the session of every request': ['P29'],
  'sets a cookie on every reply': ['P29'],
  'refuses unsafe requests': ['P29'],
  'reads every body': ['P29'],
  'changes every status': ['P02', 'P15', 'P22', 'P29'],
  'answers a path of the app': ['P29'],
  'takes over errors': ['P29'],
  'hook throws': ['P02', 'P09', 'P15', 'P16', 'P22', 'P25', 'P29'],
  'answers every request': ['P16', 'P25', 'P29'],
} as const

/** Faults that the suite does not see, each with the reason. */
export const SURVIVORS = {
  'leaves a file behind': 'The suite gives an app a folder of its own and removes it; it does not look at the rest of the disk.',
  'health check says nothing of what is broken': 'Nobody but its author knows what it takes for the extension to be well.',
} as const

/** What else the suite does not see, each with the reason. The reference extension does not commit it. */
export const UNSEEN = {
  'a relative import into node_modules': 'It leads to a file of the package; what that file belongs to is not asked.',
  'a package that createRequire loads': 'Only imports are read in the files that are shipped.',
  'a hook in a phase that exists and is not the right one': 'Nobody but its author knows when it has to run.',
  'a count kept in the module that only `config` shows': '`otherConfig` is used first: what it leaves behind has reached `config` by then.',
} as const

/** One of them, seen or not. */
export type Fault = keyof typeof FAULTS | keyof typeof SURVIVORS
