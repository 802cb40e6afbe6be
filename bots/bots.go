package bots

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"hearth"
	"hearth/access"
	"hearth/analysis/bot"
	"hearth/archive"
	"hearth/copies"
	"hearth/db"
	"hearth/monitor"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is the tables of this package in archive.db: what follows from the log.
func ArchiveSchema() db.Schema { return db.SchemaIn(schemas, "bots", "schema/archive") }

// StateSchema is those in hearth.db: what people say.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "bots", "schema/state") }

// Options of New; all are required.
type Options struct {
	State    *db.DB // hearth.db, with StateSchema and the audit log
	Store    *db.DB // archive.db, with ArchiveSchema and that of copies
	Archive  *archive.Archive
	Monitors *monitor.Monitors
	Clock    hearth.Clock
	Log      *slog.Logger
}

// Bots is the accounts of an archive. It may be used by many goroutines at once.
type Bots struct {
	o     Options
	known knownVersions
}

// New reads verdicts; Run makes them.
func New(o Options) *Bots { return &Bots{o: o} }

// Account is somebody on a network.
type Account struct {
	Network string
	Author  string // id on the network, or @ and a handle
}

// AccountOf is who wrote a post; its Author is empty where nobody knows.
func AccountOf(p *hearth.Post) Account {
	switch {
	case p.Author.ID != "":
		return Account{p.Network, p.Author.ID}
	case p.Author.Handle != "":
		return Account{p.Network, "@" + p.Author.Handle}
	}
	return Account{Network: p.Network}
}

func (a Account) hash() int64 {
	if a.Author != "" && a.Author[0] == '@' {
		return copies.AuthorHash(a.Network, "", a.Author[1:])
	}
	return copies.AuthorHash(a.Network, a.Author, "")
}

// Says is what a person says of an account.
type Says string

const (
	Human     Says = "human"     // somebody writes there
	Automated Says = "automated" // a program does
	Nothing   Says = ""          // takes back what was said
)

// Likelihood is how likely an account is automated.
type Likelihood struct {
	Account
	Label string // for people; "": its posts are not known
	bot.Verdict
	Judged time.Time // zero: not yet

	Said Says // Nothing: the verdict is the machine's
	By   hearth.UserID
	At   time.Time
}

// mostAsked is how many accounts can be asked for at once.
const mostAsked = 200

// Of says how likely some accounts are automated, in their order. Of accounts whose
// posts are not kept nothing is known.
func (b *Bots) Of(ctx context.Context, by access.Actor, accounts []Account) (list []Likelihood, err error) {
	if err := by.Check(access.ReadPosts); err != nil {
		return nil, err
	}
	if len(accounts) > mostAsked {
		return nil, hearth.Errorf(hearth.Invalid, "Ask for at most %d accounts at once.", mostAsked)
	}
	list = make([]Likelihood, len(accounts))
	err = b.o.Store.Read(ctx, func(tx *db.Tx) error {
		for i, a := range accounts {
			l := &list[i]
			l.Account, l.Band = a, bot.Unknown
			var judged int64
			var verdict string
			err := tx.QueryRow(`SELECT label, judged, band, posts, verdict FROM bot_account WHERE workspace_id = ? AND author = ?`, by.Workspace, a.hash()).
				Scan(&l.Label, &judged, &l.Band, &l.Posts, &verdict)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return fmt.Errorf("reading an account: %w", err)
			}
			if l.Judged = db.FromMicros(judged); judged == 0 {
				l.Band = bot.Unknown
				continue
			}
			if err := json.Unmarshal([]byte(verdict), &l.Verdict); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = b.o.State.Read(ctx, func(tx *db.Tx) error {
		for i := range list {
			said, err := saidOf(tx, by.Workspace, list[i].Account)
			if err != nil {
				return err
			}
			list[i].hear(said)
		}
		return nil
	})
	return list, err
}

// hear lets what a person said hold.
func (l *Likelihood) hear(s said) {
	l.Said, l.By, l.At = s.says, s.by, s.at
	switch s.says {
	case Human:
		l.Band = bot.Unlikely
	case Automated:
		l.Band = bot.Likely
	}
}
