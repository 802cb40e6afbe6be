package server

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"hearth"
	"hearth/cli"
	"hearth/db"
)

// copyDatabase copies an installation that does not run: the state and the
// archive, all tables of both.
func (t tools) copyDatabase(ctx context.Context, given cli.Given, o cli.CopyOptions) (cli.CopyReport, error) {
	config, err := t.load(given)
	if err != nil {
		return cli.CopyReport{}, err
	}
	from := o.From
	if from == "" {
		from = config.home()
	}
	report := cli.CopyReport{From: db.Shown(from), To: db.Shown(o.To)}
	if err := checkPlaces(from, o.To); err != nil {
		return report, err
	}
	var jobs []db.CopyJob
	config.Clock = hearth.SystemClock
	watched := newPairing(from, &config)
	for _, store := range []struct {
		name    string
		schemas []db.Schema
	}{{stateStore, stateSchemas()}, {archiveStore, archiveSchemas()}} {
		options := db.Options{Schemas: store.schemas, Readers: 1, Alone: true}
		if store.name == stateStore {
			options.Locked = watched.Look
		}
		d, err := db.Open(ctx, db.At(from, store.name), options)
		if err != nil {
			return report, explainTaken(err, from)
		}
		defer d.Close()
		jobs = append(jobs, db.CopyJob{From: d, To: db.At(o.To, store.name), Schemas: store.schemas})
	}
	defer watched.Close() // before the databases are closed
	report.Rows, err = db.Copy(ctx, jobs, func(p db.CopyProgress) {
		if o.Progress != nil {
			o.Progress("copying "+p.Table, float64(p.Rows)/float64(max(p.Total, 1)))
		}
	})
	return report, err
}

func samePlace(a, b string) bool {
	if db.IsURL(a) || db.IsURL(b) {
		return a == b
	}
	a, err1 := filepath.Abs(a)
	b, err2 := filepath.Abs(b)
	return err1 == nil && err2 == nil && a == b
}

// checkPlaces sees to it that there is something to copy, and a place for it.
func checkPlaces(from, to string) error {
	if samePlace(from, to) {
		return hearth.Errorf(hearth.Invalid, "The data is in %s already. Name another place with --to.", db.Shown(to))
	}
	if !db.IsURL(from) {
		if _, err := os.Stat(filepath.Join(from, stateFile)); errors.Is(err, fs.ErrNotExist) {
			return hearth.Errorf(hearth.NotFound, "There is no data in %s. Name a data directory or a postgres:// URL with --from.", from)
		}
	}
	if db.IsURL(to) {
		return nil
	}
	return makeHome(to)
}
