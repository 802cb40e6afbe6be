package server

import (
	"context"
	"net/mail"
	"net/url"
	"os"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/alert"
	"hearth/db"
	"hearth/ingest"
	"hearth/outbox"
	"hearth/translation"
	"hearth/web"
)

// pushFile is the key by which browsers know this Hearth.
const pushFile = "push.key"

// openOutbox makes the outbox, and the alerts that publish into it.
func (s *Server) openOutbox(sealer *ingest.Sealer) error {
	secret, err := keyFile(s.config.Data, pushFile, outbox.PushKeySize, s.config.Random)
	if err != nil {
		return err
	}
	keys, err := outbox.NewPushKeys(secret)
	if err != nil {
		return err
	}
	keys.Contact = contact(s.config.Address)
	server, err := s.config.mailServer()
	if err != nil {
		return err
	}
	if server != nil {
		keys.Contact = server.From
	}
	wording, err := web.ReadWording()
	if err != nil {
		return err
	}
	s.wording = wording
	s.outbox = outbox.New(outbox.Options{
		State: s.state, Out: s.out, Clock: s.config.Clock, Log: s.log, Seal: sealer.Seal, Open: sealer.Open,
		Leases: s.process.Leases(s.store), Mail: server, Push: &keys, Address: s.config.Address, Events: alert.EventTypes(), Shown: s.shown,
		Told: alert.NoticeTypes(), Reached: s.access.Reaches,
		Languages: translation.Languages[:], Say: wording.Sentence,
		May: func(ctx context.Context, ws hearth.WorkspaceID, user hearth.UserID) (bool, error) {
			return s.access.Still(ctx, ws, user, access.WriteChannels)
		},
	})
	s.alerts = alert.New(alert.Options{
		State: s.state, Archive: s.archive, Monitors: s.monitors, Clock: s.config.Clock, Log: s.log, Troubles: s.troubles, Wants: s.outbox.Wants,
		Publish: func(tx *db.Tx, ws hearth.WorkspaceID, e alert.Event) error {
			return s.outbox.Publish(tx, ws, outbox.Event{Type: e.Type, Key: e.Key, Class: string(e.Class), At: e.At, Before: e.Quiet, Monitors: e.Monitors,
				Seq: e.Seq, Post: e.Post, Title: e.Title, Text: e.Text, Path: e.Path, Data: e.Data,
				Words: func(lang string) (title, text string) { return wording.Event(lang, &e) }})
		},
	})
	return nil
}

// contact is whom the message services of browsers may complain to. Some refuse
// one that nobody can reach.
func contact(address string) string {
	if strings.HasPrefix(address, "https://") {
		return address
	}
	return "nobody@hearth.invalid"
}

// shown says whether a post may be shown at this moment.
func (s *Server) shown(ctx context.Context, ws hearth.WorkspaceID, seq hearth.Seq) (bool, error) {
	rows, err := s.archive.BySeq(ctx, ws, []hearth.Seq{seq})
	return err == nil && len(rows) == 1 && !rows[0].Hidden && !rows[0].Erased, err
}

// checkMail looks at the settings of mails, and names the one at fault.
func (s *Settings) checkMail() (name string, err error) {
	if s.SMTP == "" {
		return "", nil
	}
	u, err := url.Parse(s.SMTP)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" {
		return "smtp", hearth.Errorf(hearth.Invalid, "Write the mail server like smtps://USER@mail.acme.example:465.")
	}
	if _, set := u.User.Password(); set {
		return "smtp", hearth.Errorf(hearth.Invalid, "The password of the mail server belongs into a file: --smtp-password-file.")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "smtp", hearth.Errorf(hearth.Invalid, "%q is no port of a mail server.", port)
		}
	}
	if _, err := mail.ParseAddress(s.SMTPFrom); err != nil {
		return "smtp-from", hearth.Errorf(hearth.Invalid, "Say who the mails come from: --smtp-from hearth@acme.example.")
	}
	return "", nil
}

// largestSecret bounds the file of a password.
const largestSecret = 4096

// mailServer is where mails are handed in; check has read its address. Nil: there
// is none.
func (s *Settings) mailServer() (*outbox.MailServer, error) {
	if s.SMTP == "" {
		return nil, nil
	}
	u, err := url.Parse(s.SMTP)
	if err != nil {
		return nil, err
	}
	m := &outbox.MailServer{Host: u.Hostname(), Port: 587, TLS: u.Scheme == "smtps", User: u.User.Username(), From: s.SMTPFrom}
	if m.TLS {
		m.Port = 465
	}
	if port := u.Port(); port != "" {
		if m.Port, err = strconv.Atoi(port); err != nil {
			return nil, err
		}
	}
	m.Plain = !m.TLS && loopback(m.Host)
	if s.SMTPSecret != "" {
		text, err := os.ReadFile(s.SMTPSecret)
		if err != nil || len(text) > largestSecret {
			return nil, hearth.Errorf(hearth.Invalid, "The password of the mail server cannot be read from its file: %v.", cause(err))
		}
		m.Password = strings.TrimRight(string(text), "\r\n")
	}
	return m, nil
}
