// Command destination-gohighlevel writes people into GoHighLevel as contacts;
// run it without arguments for its verbs.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"destination-gohighlevel/connector"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a closed stdout is an error of writing, not the end of the process
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := connector.Run(ctx, connector.IO{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}
