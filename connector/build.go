package connector

import (
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
)

// readConfig reads and parses the configuration file.
func readConfig(path string) (config.Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return config.Config{}, &fileError{"configuration", err}
	}
	return config.Parse(data)
}

// newClient wires the API client of a configuration. patience bounds what one
// call may spend on faults; 0 is the client's own default.
func newClient(c config.Config, log zerolog.Logger, patience time.Duration) (*ghl.Client, error) {
	return ghl.New(ghl.Options{
		URL:          c.APIURL,
		LocationID:   c.LocationID,
		Tokens:       oauth2.StaticTokenSource(&oauth2.Token{AccessToken: c.Credentials.AccessToken.Reveal()}),
		Log:          log,
		MaxRetryTime: patience,
	})
}
