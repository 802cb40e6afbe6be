// Package server is the only place where the rooms of the house meet: it
// builds Hearth from a Config, runs it and closes it, and it gives the command
// line its tools.
//
//	s, err := server.Build(ctx, config)   // opens and checks everything; nothing runs
//	err = s.Run(ctx, ready)               // listens and reads until ctx ends, then drains
//	err = s.Close()
//
// A Server that was built and not run answers all the same: Handler is called
// in the process, which is how commands work where no server runs.
//
// It guarantees that one process at a time has the data directory, that nothing
// is reached from another machine unless the operator said so, and that a stop
// leaves everything committed. It holds no rule of the product: those are in
// the capabilities' verbs.
package server
