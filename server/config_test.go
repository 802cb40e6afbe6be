package server_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"hearth"
	"hearth/server"
)

func TestFlagsWinOverEnvironmentOverFileOverDefaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "hearth.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:1\nlog: warn\ndrain: 1s\nhost:\n  - a.example\n  - b.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HEARTH_DATA": dir, "HEARTH_LOG": "error", "HEARTH_DRAIN": "2s"}
	s, explained, err := server.Load(map[string]string{"drain": "3s"}, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if s.Drain != 3*time.Second || s.Log != "error" || s.Listen != "127.0.0.1:1" || len(s.Host) != 2 || s.Public {
		t.Errorf("got %+v", s)
	}
	from := map[string]string{}
	for _, e := range explained {
		from[e.Name] = e.From
		if e.Help == "" || e.Env == "" {
			t.Errorf("%s is not explained", e.Name)
		}
	}
	for name, want := range map[string]string{"drain": "flag", "log": "environment", "listen": "file", "public": "default"} {
		if from[name] != want {
			t.Errorf("%s comes from %s, want %s", name, from[name], want)
		}
	}
}

func TestWrongSettingsAreRefusedWithTheirName(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"drain": "soon", "log": "loud", "public": "maybe", "listen": "here", "allow": "everything", "server": "ftp://x", "config": "/nowhere/at/all.yaml",
	} {
		_, explained, err := server.Load(map[string]string{name: value}, func(string) string { return "" })
		if hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%s=%s: %v", name, value, err)
		}
		for _, e := range explained {
			if (e.Name == name) != (e.Problem != "") {
				t.Errorf("%s=%s: %s has the problem %q", name, value, e.Name, e.Problem)
			}
		}
	}
	for _, text := range []string{"listn: x", "listen: {a: 1}", "- a", "listen: 1\nlisten: 2", "\tx"} {
		file := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := server.Load(map[string]string{"config": file}, func(string) string { return "" }); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
