package access

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hearth"
	"hearth/access/openid"
	"hearth/db"
	"hearth/outbound"
)

// SessionID is a signed-in browser's, KeyID an API key's
// within its workspace, BrandID and TeamID likewise.
type (
	SessionID int64
	KeyID     int64
	BrandID   int64
	TeamID    int64
)

func (id SessionID) String() string { return strconv.FormatInt(int64(id), 10) }
func (id KeyID) String() string     { return strconv.FormatInt(int64(id), 10) }
func (id BrandID) String() string   { return strconv.FormatInt(int64(id), 10) }
func (id TeamID) String() string    { return strconv.FormatInt(int64(id), 10) }

// Options of Open. State, Clock and Log are required.
type Options struct {
	State  *db.DB // hearth.db, with StateSchema
	Clock  hearth.Clock
	Log    *slog.Logger
	Random io.Reader // of secrets; nil: the system's

	// Seal is 32 random bytes from outside the database; with them the secrets
	// of authenticator apps are sealed. Without it nobody can add one.
	Seal []byte

	// Out is the way to identity providers; nil: there are none.
	Out *outbound.Outbound

	// Patience is how long an answer of a provider may take; 0: 10 s.
	Patience time.Duration

	// Address is how people reach Hearth, such as https://hearth.acme.example;
	// "": they come to this machine. Cookies are bound to TLS where it says so,
	// passkeys to its name, and providers send people back to it.
	Address string

	// Trusted are the proxies whose X-Forwarded-For is believed. Nobody's by
	// default.
	Trusted []netip.Prefix
}

// Access is the users, sessions, keys, workspaces and the audit log. It may be
// used by many goroutines at once.
type Access struct {
	o      Options
	sealer *sealer
	passes chan struct{} // places for hashing passwords, which takes 19 MiB each
	party  *openid.Party // nil: there is no way out
	decoy  string        // a password hash for those who have none
}

// hashesAtOnce bounds the memory and the processors that guesses take.
const hashesAtOnce = 2

// Open makes access ready. It reads nothing yet.
func Open(ctx context.Context, o Options) (*Access, error) {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	a := &Access{o: o, passes: make(chan struct{}, hashesAtOnce)}
	if o.Out != nil {
		a.party = openid.New(openid.Options{Out: o.Out, Clock: o.Clock, Patience: o.Patience})
	}
	var err error
	if a.sealer, err = newSealer(o.Seal); err != nil {
		return nil, err
	}
	if a.decoy, err = hashPassword(o.Random, "somebody who is not there"); err != nil {
		return nil, fmt.Errorf("making ready to compare passwords: %w", err)
	}
	return a, nil
}

// audit records a verb that access itself did.
func (a *Access) audit(tx *db.Tx, by Actor, verb string, object Object, was, now any) error {
	return Record(tx, a.o.Clock(), by, verb, object, was, now)
}

// checkName tidies the name of something that people make.
func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > mostNameLen || hearth.Visible(name) != name {
		return "", &hearth.Error{Code: hearth.Invalid, Field: "name", Message: fmt.Sprintf("The name must have between 1 and %d visible characters.", mostNameLen)}
	}
	return name, nil
}
