package access

import (
	"context"
	"database/sql"
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have no list of them
	"unicode/utf8"

	"hearth"
	"hearth/db"
)

// Profile is what people say of themselves, and how they like to read. What is
// "" is as their browser has it.
type Profile struct {
	FullName string
	Mail     string // "": none
	Language string // a tag such as "de"
	Zone     string // a time zone such as "Europe/Helsinki"
	Theme    string // light, dark
}

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$`)

// check tidies a profile and says what is wrong with it.
func (p *Profile) check() error {
	wrong := func(field, sentence string) error {
		return &hearth.Error{Code: hearth.Invalid, Field: field, Message: sentence}
	}
	p.FullName, p.Mail = strings.TrimSpace(p.FullName), strings.TrimSpace(p.Mail)
	if err := checkPerson(p.FullName, p.Mail); err != nil {
		return err
	}
	if p.FullName == "" {
		return wrong("full_name", "Write how you are called.")
	}
	if p.Language != "" && !languageForm.MatchString(p.Language) {
		return wrong("language", "Choose one of the languages.")
	}
	if zone, err := time.LoadLocation(p.Zone); p.Zone != "" && (err != nil || zone == time.Local || len(p.Zone) > 64) {
		return wrong("zone", "Name the time zone by a continent and a city, like Europe/Helsinki.")
	}
	if p.Theme != "" && p.Theme != "light" && p.Theme != "dark" {
		return wrong("theme", "Choose light, dark, or as the system has it.")
	}
	return nil
}

// checkPerson says what is wrong with a full name or a mail address; both may be
// "".
func checkPerson(fullName, address string) error {
	if utf8.RuneCountInString(fullName) > 100 || hearth.Visible(fullName) != fullName {
		return &hearth.Error{Code: hearth.Invalid, Field: "full_name", Message: "Write the full name in at most 100 visible characters."}
	}
	return checkMail(address)
}

func checkMail(address string) error {
	if address == "" {
		return nil
	}
	if at, err := mail.ParseAddress(address); err != nil || at.Address != address || len(address) > 254 {
		return &hearth.Error{Code: hearth.Invalid, Field: "mail", Message: "Write the mail address like ann@acme.example."}
	}
	return nil
}

// profileState is a profile in the audit log.
type profileState struct {
	FullName string `json:"full_name"`
	Mail     string `json:"mail,omitempty"`
	Language string `json:"language,omitempty"`
	Zone     string `json:"zone,omitempty"`
	Theme    string `json:"theme,omitempty"`
}

// ChangeAccount lets a person say who they are and how they like to read. The
// name that they sign in with stays.
func (a *Access) ChangeAccount(ctx context.Context, by Actor, version int64, p Profile) error {
	if err := by.person(); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		var saw int64
		var was Profile
		err := tx.QueryRow(`SELECT version, full_name, mail, language, zone, theme FROM users WHERE id = ?`, int64(by.User)).
			Scan(&saw, &was.FullName, &was.Mail, &was.Language, &was.Zone, &was.Theme)
		if err != nil {
			return err
		}
		if saw != version {
			return changedMeanwhile(saw, version)
		}
		_, err = tx.Exec(`UPDATE users SET full_name = ?, mail = ?, language = ?, zone = ?, theme = ?, changed = ?, version = version + 1 WHERE id = ?`,
			p.FullName, p.Mail, p.Language, p.Zone, p.Theme, db.Micros(a.o.Clock()), int64(by.User))
		if err != nil {
			return err
		}
		return a.audit(tx, by, "user.change", Of("user", by.User), profileState(was), profileState(p))
	})
}

// SignOutUser ends all sessions of somebody in the workspace, as after a laptop
// was lost. They may sign in again.
func (a *Access) SignOutUser(ctx context.Context, by Actor, user hearth.UserID) error {
	if err := by.Check(WriteUsers); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		m, err := readMember(tx, by.Workspace, user)
		if err != nil {
			return err
		}
		if err := by.gives(m.Role); err != nil {
			return err
		}
		if err := a.bump(tx, user); err != nil {
			return err
		}
		return a.audit(tx, by, "user.sign-out", Of("user", user), nil, nil)
	})
}

// Tidy forgets what holds no more: sessions that are over, tickets and guesses
// from long ago, and where somebody was seen last more than 90 days ago. What
// people did stays in the audit log.
func (a *Access) Tidy(ctx context.Context) error {
	now := a.o.Clock()
	before := func(d time.Duration) int64 { return db.Micros(now.Add(-d)) }
	for _, step := range [...]struct {
		statement string
		args      []any
	}{
		{`DELETE FROM session WHERE created <= ?`, []any{before(sessionLife)}}, // those that are idle still say where somebody may be told
		{`DELETE FROM ticket WHERE expires < ?`, []any{before(ticketsKept)}},
		{`DELETE FROM attempt WHERE began < ?`, []any{before(attemptsKept)}},
		{`DELETE FROM familiar WHERE seen < ?`, []any{before(familiarFor)}},
		{`DELETE FROM approval WHERE expires < ?`, []any{before(keptRequests)}},
	} {
		err := a.o.State.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(step.statement, step.args...)
			return err
		})
		if err != nil {
			return errors.Join(hearth.Errorf(hearth.Internal, "What is over could not be tidied away."), err)
		}
	}
	return nil
}

// How long what is over stays: longer than anything still asks for it.
const (
	ticketsKept  = 24 * time.Hour
	attemptsKept = 24 * time.Hour
)

// LanguageOf is the language that somebody chose to read; "": none, or there is no
// such person.
func LanguageOf(tx *db.Tx, user hearth.UserID) (lang string, err error) {
	err = tx.QueryRow(`SELECT language FROM users WHERE id = ?`, int64(user)).Scan(&lang)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return lang, err
}

// LanguageAt is the language of whoever of a workspace has a mail address; "" where
// nobody has it, or not all of them chose the same.
func LanguageAt(tx *db.Tx, ws hearth.WorkspaceID, address string) (lang string, err error) {
	var most string
	err = tx.QueryRow(`
SELECT coalesce(min(u.language), ''), coalesce(max(u.language), '') FROM member AS m JOIN users AS u ON u.id = m.user_id
WHERE m.workspace_id = ? AND m.disabled = 0 AND lower(u.mail) = ?`, int64(ws), strings.ToLower(address)).Scan(&lang, &most)
	if lang != most {
		return "", err
	}
	return lang, err
}
