package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is a folder with the export of one location. What is in it is for its owner
// alone, for it tells of people.
type Folder struct {
	path  string
	owner owner
}

// owner is what a folder says of itself.
type owner struct {
	Location string `json:"location_id"`
}

// ownerFile is where it says so.
const ownerFile = "export.json"

// A TakenError is a folder or file that holds something else, which nobody wants to lose.
type TakenError struct{ text string }

func (e *TakenError) Error() string { return e.text }

// OpenFolder makes a folder the place of a location's export, unless it is another's.
func OpenFolder(path, location string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	f := &Folder{path, owner{location}}
	var there owner
	err := readJSON(filepath.Join(path, ownerFile), &there)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return nil, err
	case there != f.owner:
		return nil, &TakenError{fmt.Sprintf("%s holds the export of the location %s, and this is %s: give another directory", path, there.Location, location)}
	}
	return f, nil
}

// claim says whose the folder is, before the first file is put there. A file that is
// there though nobody has said so is a stranger's.
func (f *Folder) claim(file string) error {
	path := filepath.Join(f.path, ownerFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if _, err := os.Lstat(file); err == nil {
		return &TakenError{fmt.Sprintf("%s is there and was not exported by this program: move it away, or give another directory", file)}
	}
	return writeJSON(path, f.owner)
}

// readJSON reads a small file.
func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// writeJSON writes a small file, whole or not at all.
func writeJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
