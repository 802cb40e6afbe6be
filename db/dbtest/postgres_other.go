//go:build !unix

package dbtest

import (
	"errors"
	"testing"
)

// Cluster is a running PostgreSQL; there is none on this platform.
type Cluster struct{}

// Postgres skips the test.
func Postgres(t testing.TB) *Cluster { Find(t); return nil }

// Find skips the test.
func Find(t testing.TB) { t.Skip("SKIP peer=postgresql reason=tests start it on Unix only") }

// Start has nothing to start.
func Start() (*Cluster, error) { return nil, Missing() }

// Missing says that there is none.
func Missing() error { return errors.New("tests start PostgreSQL on Unix only") }

// Home is never asked.
func (c *Cluster) Home() string { return "" }
