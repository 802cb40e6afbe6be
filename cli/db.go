package cli

import (
	"github.com/alecthomas/kong"
)

// CopyOptions say what is copied where: each a data directory or the URL of a
// PostgreSQL database.
type CopyOptions struct {
	From     string // "": where the settings say that the data is
	To       string
	Progress func(doing string, share float64)
}

// CopyReport is what was copied.
type CopyReport struct {
	From string `json:"from"` // without passwords
	To   string `json:"to"`
	Rows int64  `json:"rows"` // of all tables
}

type dbGroup struct {
	Copy dbCopyCommand `cmd:"" help:"Copy everything from files to PostgreSQL or back, and compare both."`
}

type dbCopyCommand struct {
	kong.Plugins
	From string `placeholder:"PLACE" help:"A data directory or a postgres:// URL. Not given: where Hearth keeps its data now."`
	To   string `required:"" placeholder:"PLACE" help:"Likewise; it must be empty."`
}

func (c *dbCopyCommand) Run(s *session) error {
	began := s.env.Clock()
	line := s.statusLine()
	done, err := s.tools.CopyDatabase(s.ctx, s.given(), CopyOptions{From: c.From, To: c.To, Progress: progressOn(line)})
	line.clear()
	if err != nil {
		return err
	}
	if s.json {
		return s.printLine(done)
	}
	s.printf("%s holds what %s holds: %s rows, written and compared in %s\n", safe(done.To), safe(done.From), grouped(done.Rows), span(s.env.Clock().Sub(began)))
	s.note("Name it from now on with --db, HEARTH_DB or db: in the configuration file, or with --data if it is a directory. Keys stay where they are (keys/); the replay window is not copied.")
	return nil
}
