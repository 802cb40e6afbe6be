package server_test

import (
	"strings"
	"testing"

	"hearth"
	"hearth/server"
)

// proves SE1 for the database: its password is never shown.
func TestThePasswordOfTheDatabaseIsNotExplained(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HEARTH_DB": "postgres://ann:s3cret@db/hearth"}
	settings, explained, err := server.Load(map[string]string{"data": t.TempDir()}, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if settings.DB != env["HEARTH_DB"] {
		t.Errorf("the setting is %q", settings.DB)
	}
	seen := false
	for _, e := range explained {
		if strings.Contains(e.String(), "s3cret") {
			t.Errorf("the password is in %s", e)
		}
		seen = seen || e.Name == "db" && strings.Contains(e.Value, "@db/hearth")
	}
	if !seen {
		t.Error("the setting is not explained")
	}
	env["HEARTH_DB"] = "somewhere"
	if _, _, err := server.Load(nil, func(name string) string { return env[name] }); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("a database that is no URL gives %v", err)
	}
}
