package server

import (
	"context"
	"errors"
	"os"

	"filippo.io/age"

	"hearth"
	"hearth/backup"
	"hearth/cli"
	"hearth/outbox"
	"hearth/watch"
)

// verifyBackup reads a whole backup.
func (t tools) verifyBackup(ctx context.Context, o cli.RestoreOptions) (cli.BackupReport, error) {
	keys, err := identities(o.Identity)
	if err != nil {
		return cli.BackupReport{}, err
	}
	m, err := backup.Verify(ctx, o.From, keys, steps(o.Progress))
	return backupReport(o.From, m), err
}

// restore puts a backup into a fresh data directory. It opens it as a start
// would before it takes the name, so that what cannot be started is not
// restored.
func (t tools) restore(ctx context.Context, given cli.Given, o cli.RestoreOptions) (cli.BackupReport, error) {
	config, err := t.load(given)
	if err != nil {
		return cli.BackupReport{}, err
	}
	config.Clock, config.Log = hearth.SystemClock, "error"
	keys, err := identities(o.Identity)
	if err != nil {
		return cli.BackupReport{}, err
	}
	m, err := backup.Restore(ctx, o.From, config.Data, keys, func(dir string) error {
		config := config
		config.Data, config.DB, config.Replay = dir, "", 0
		s := &Server{config: config, log: config.logger()}
		s.watch = watch.New(watch.Options{Look: s.watched, Log: s.log})
		return errors.Join(s.openHeld(ctx), s.Close())
	}, steps(o.Progress))
	return backupReport(config.Data, m), err
}

// identities reads a file of age's secret keys; none is named: none.
func identities(file string) ([]age.Identity, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, hearth.Errorf(hearth.NotFound, "The key file cannot be read: %v.", err)
	}
	defer f.Close()
	return backup.Identities(f)
}

// openHeld opens what was put back, and holds what would leave it.
func (s *Server) openHeld(ctx context.Context) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	_, err := outbox.Hold(ctx, s.state, s.config.Clock())
	return err
}

func steps(progress func(doing string, share float64)) func(backup.Progress) {
	if progress == nil {
		return nil
	}
	return func(p backup.Progress) { progress(p.Doing, float64(p.Done)/float64(max(p.Total, 1))) }
}

func backupReport(dir string, m backup.Manifest) cli.BackupReport {
	return cli.BackupReport{Directory: dir, Version: m.Version, Made: m.Made, Bytes: m.Bytes(), Rows: int64(m.Rows), Encrypted: m.Sealed()}
}
