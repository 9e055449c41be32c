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
	boundMemory()
	signal.Ignore(syscall.SIGPIPE) // a closed stdout is an error of writing, not the end of the process
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		<-signals
		stop()
		<-signals // a second one does not wait for what is on the wire; dying by it would look like 143 to a shell
		os.Exit(0)
	}()
	os.Exit(connector.Run(ctx, connector.IO{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, AsSource: connector.IsSource(os.Args[0])}, os.Args[1:]))
}
