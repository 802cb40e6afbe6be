package jobs

// DefaultBeat is how often a process says that it lives.
const DefaultBeat = defaultBeat
