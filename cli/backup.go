package cli

import (
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"hearth"
	"hearth/client"
)

// RestoreOptions say where a backup is and how it is opened.
type RestoreOptions struct {
	From     string
	Identity string // file of age's secret keys; "": it is not encrypted
	Progress func(doing string, share float64)
}

// BackupReport is what a backup is, or what was made of it.
type BackupReport struct {
	Directory string    `json:"directory"`
	Version   string    `json:"version"` // of the Hearth that made it
	Made      time.Time `json:"made"`
	Bytes     int64     `json:"bytes"`
	Rows      int64     `json:"rows"` // of the log
	Encrypted bool      `json:"encrypted,omitempty"`
}

type backupCommand struct {
	Dir       string   `arg:"" optional:"" help:"The directory that the backup becomes; not given: hearth-backup- and the time, in the current one."`
	Recipient []string `short:"r" placeholder:"KEY" help:"Encrypt it to this public key of age (age1…). May be given several times."`
	Verify    bool     `help:"Make none: read the one in DIR to its end and say whether it is sound."`
	Identity  string   `short:"i" placeholder:"FILE" help:"With --verify: the file with the secret key of an encrypted one, to read what is inside."`
}

func (c *backupCommand) Run(s *session) error {
	if c.Verify {
		return c.verify(s)
	}
	if c.Dir == "" {
		c.Dir = "hearth-backup-" + s.env.Clock().UTC().Format("20060102-150405")
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "%s cannot be found: %v.", c.Dir, err)
	}
	return s.with(func(api *client.Client) error {
		line := s.statusLine()
		began := s.env.Clock()
		made, err := api.Backup(s.ctx, client.BackupRequest{Directory: dir, Recipients: c.Recipient}, func(p client.BackupProgress) {
			line.set(p.Doing + "  " + bar(float64(p.Done)/float64(max(p.Total, 1))))
		})
		line.clear()
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(made)
		}
		s.printf("%s: %s rows of the log, %s%s, made and read again in %s\n", made.Directory, grouped(made.Rows), size(made.Bytes),
			encrypted(made.Encrypted), span(s.env.Clock().Sub(began)))
		s.note("The keys of the data directory are not in it; keep a copy of them in another place.")
		return nil
	})
}

func (c *backupCommand) verify(s *session) error {
	if c.Dir == "" {
		return hearth.Errorf(hearth.Invalid, "Name the backup to verify.")
	}
	line := s.statusLine()
	found, err := s.tools.VerifyBackup(s.ctx, RestoreOptions{From: c.Dir, Identity: c.Identity, Progress: progressOn(line)})
	line.clear()
	if err != nil {
		return err
	}
	if s.json {
		return s.printLine(found)
	}
	s.printf("%s is sound: %s rows of the log, %s%s, made %s by Hearth %s\n", found.Directory, grouped(found.Rows), size(found.Bytes),
		encrypted(found.Encrypted), found.Made.Format("2006-01-02 15:04:05 UTC"), safe(found.Version))
	if found.Encrypted && c.Identity == "" {
		s.note("The encrypted parts are as they were written; name the key with --identity to look inside.")
	}
	return nil
}

type restoreCommand struct {
	kong.Plugins
	Dir      string `arg:"" help:"The backup."`
	Identity string `short:"i" placeholder:"FILE" help:"The file with the secret key of an encrypted one, as age-keygen writes it."`
}

func (c *restoreCommand) Run(s *session) error {
	line := s.statusLine()
	done, err := s.tools.Restore(s.ctx, s.given(), RestoreOptions{From: c.Dir, Identity: c.Identity, Progress: progressOn(line)})
	line.clear()
	if err != nil {
		return err
	}
	if s.json {
		return s.printLine(done)
	}
	s.printf("%s holds the backup of %s now: %s rows of the log\n", done.Directory, done.Made.Format("2006-01-02 15:04:05 UTC"), grouped(done.Rows))
	s.note("Put the keys of the old data directory into it (keys/), if sources have secrets. Next: hearth doctor --deep, hearth serve")
	return nil
}

func progressOn(line *statusLine) func(string, float64) {
	return func(doing string, share float64) { line.set(doing + "  " + bar(share)) }
}

func encrypted(is bool) string {
	if is {
		return ", encrypted"
	}
	return ""
}
