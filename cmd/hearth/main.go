// Command hearth is the whole product: see `hearth --help`.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"hearth"
	"hearth/cli"
	"hearth/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(cli.Run(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Clock: hearth.SystemClock,
	}, server.Tools(os.Getenv)))
}
