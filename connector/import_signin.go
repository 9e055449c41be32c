package connector

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/config"
)

// signInKept are the options of a client that no platform has started: a renewed sign-in
// goes back into the file that the configuration came from, and into conf.
func signInKept(path string, conf *config.Config, log zerolog.Logger) clientOptions {
	return clientOptions{Log: log, Grace: grace, ReadOnly: !isWritable(path), Keep: func(whole json.RawMessage) error {
		renewed, err := config.Parse(whole, rules...)
		if err != nil {
			return err
		}
		if err := overwrite(path, whole); err != nil {
			return err
		}
		conf.Credentials = renewed.Credentials // for the next pass
		log.Warn().Msgf("the sign-in was renewed and is kept in %s; the refresh token that was there serves nowhere any more", path)
		return nil
	}}
}

// isWritable tells whether a file keeps what is written to it.
func isWritable(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	return err == nil && file.Close() == nil
}

// overwrite puts a JSON text into a file that is there. It is written in place, so
// that owner, mode, links and mounts stay.
func overwrite(path string, text json.RawMessage) error {
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, text, "", "  "); err != nil {
		return err
	}
	spaced.WriteByte('\n')
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(spaced.Bytes())
	return errors.Join(err, file.Truncate(int64(spaced.Len())), file.Sync(), file.Close())
}
