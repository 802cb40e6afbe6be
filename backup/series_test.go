package backup_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hearth"
	"hearth/backup"
)

// Old backups of a series go when the new one is sound, and nothing else does.
func TestASeriesKeepsTheNewestBackups(t *testing.T) {
	t.Parallel()
	h := openHome(t, filepath.Join(t.TempDir(), "data"))
	now := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	b := backup.New(backup.Options{State: h.state, Store: h.store, Version: "test", Clock: func() time.Time { return now }})
	dir := t.TempDir()
	foreign := filepath.Join(dir, "hearth-20200101-000000") // looks like one, but is none
	for _, path := range []string{foreign, filepath.Join(dir, "holiday")} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	series := backup.Series{Directory: dir, Keep: 2}
	next := func() backup.Made {
		t.Helper()
		made, err := b.Next(t.Context(), series, nil)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	var removed []string
	for range 4 {
		made := next()
		if want := filepath.Join(dir, now.Format("hearth-20060102-150405")); made.Directory != want {
			t.Errorf("made %s, want %s", made.Directory, want)
		}
		if made.Trouble == nil && len(made.Removed) == 0 && now.Day() > 3 {
			t.Error("a directory that is no backup is passed over without a word")
		}
		removed = append(removed, made.Removed...)
		now = now.AddDate(0, 0, 1)
	}
	if want := []string{filepath.Join(dir, "hearth-20261102-030000"), filepath.Join(dir, "hearth-20261103-030000")}; !slices.Equal(removed, want) {
		t.Errorf("removed %v, want %v", removed, want)
	}
	wantThere := []string{"hearth-20200101-000000", "hearth-20261104-030000", "hearth-20261105-030000", "holiday"}
	if there := names(t, dir); !slices.Equal(there, wantThere) {
		t.Errorf("there are %v, want %v", there, wantThere)
	}

	// One that fails removes nothing.
	series.Keep = 1
	now = now.AddDate(0, 0, -1) // the name is taken
	if _, err := b.Next(t.Context(), series, nil); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a name that is taken gives %v", err)
	}
	if there := names(t, dir); !slices.Equal(there, wantThere) {
		t.Errorf("after a failure there are %v", there)
	}
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestASeriesThatCannotBeMadeIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for _, s := range []backup.Series{
		{Directory: "relative", Keep: 1},
		{Directory: "/backup/../x", Keep: 1},
		{Directory: "/backup"},
		{Directory: "/backup", Keep: 1001},
		{Directory: "/backup", Keep: 1, Recipients: []string{"nonsense"}},
	} {
		if err := s.Check(); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
