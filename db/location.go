package db

import (
	"net/url"
	"path/filepath"
	"strings"
)

// IsURL says that a location is a PostgreSQL database and not a file.
func IsURL(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

// At is the location of one store of an installation: the file NAME.db of a
// directory, or the schema NAME of a PostgreSQL database. A schema that the URL
// names already (as search_path) goes before it, so that one database can hold
// several installations.
func At(home, name string) string {
	if !IsURL(home) {
		return filepath.Join(home, name+".db")
	}
	u, err := url.Parse(home)
	if err != nil {
		return home // Open says what is wrong with it
	}
	q := u.Query()
	if prefix := q.Get("search_path"); prefix != "" {
		name = prefix + "_" + name
	}
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// Shown is a location without its password.
func Shown(location string) string {
	if !IsURL(location) {
		return location
	}
	u, err := url.Parse(location)
	if err != nil {
		return "postgres://…"
	}
	q := u.Query()
	for _, secret := range []string{"password", "sslpassword"} {
		if q.Has(secret) {
			q.Set(secret, "xxxxx")
		}
	}
	u.RawQuery = q.Encode()
	return u.Redacted()
}

// Lock takes a data directory, by a file beside path, for one process that keeps
// no SQLite file there. release gives it back.
func Lock(path string) (release func() error, err error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	return lock.release, nil
}
