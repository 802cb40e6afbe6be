package bots

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"hearth"
	"hearth/archive"
	"hearth/copies"
	"hearth/db"
	"hearth/fault"
)

// consumer is the name under which bots follow the log.
const consumer = "bots.1"

// fewestLetters is how many a text needs to be compared with others.
const fewestLetters = 30

// Consumer is what turns the log into figures; Run feeds it. It is given for tests and
// tools that feed it themselves, one at a time.
func Consumer() archive.Consumer {
	return archive.Consumer{Name: consumer, Beside: true, Apply: apply}
}

func apply(_ context.Context, tx *db.Tx, rows []archive.Stored) error {
	for i := range rows {
		if err := fold(tx, &rows[i]); err != nil {
			return fmt.Errorf("counting row %d to its author: %w", rows[i].Seq, err)
		}
	}
	return fault.Point("bots.fold.written")
}

// fold takes one row in. What happens to an author happens to each of the posts in rows
// of their own, too.
func fold(tx *db.Tx, s *archive.Stored) error {
	ws := s.Workspace
	switch s.Op {
	case archive.Create, archive.Update, archive.Annotate:
		if err := take(tx, s); err != nil || s.Erased {
			return err
		}
		return put(tx, s)
	case archive.Delete:
		return take(tx, s)
	case archive.Hide, archive.Show:
		_, err := tx.Exec(`UPDATE bot_post SET hidden = ? WHERE workspace_id = ? AND seq = ?`, db.Truth(s.Op == archive.Hide), ws, s.Replaces)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE bot_account SET due = ? WHERE workspace_id = ? AND author IN
			(SELECT author FROM bot_post WHERE workspace_id = ? AND seq = ?)`, s.Seq, ws, ws, s.Replaces)
		return err
	case archive.DeleteAuthor:
		a := AccountOf(&s.Post)
		_, err := tx.Exec(`UPDATE bot_account SET due = ?, gone = 1, label = '' WHERE workspace_id = ? AND author = ?`, s.Seq, ws, a.hash())
		return err
	}
	return nil
}

// put counts a post to its author.
func put(tx *db.Tx, s *archive.Stored) error {
	p := &s.Post
	a := AccountOf(p)
	author := a.hash()
	if author == 0 {
		return nil
	}
	at := p.Published
	if at.IsZero() {
		at = s.Received
	}
	kind := p.KindOf()
	own := kind != hearth.Repost && says(p)
	const post = `INSERT INTO bot_post (workspace_id, seq, author, at, text, reply, host, hidden) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`
	if _, err := tx.Exec(post, s.Workspace, s.Seq, author, at.UnixMicro(), db.Truth(own), db.Truth(kind == hearth.Reply || kind == hearth.Comment || kind == hearth.Answer), hostOf(p)); err != nil {
		return err
	}
	label, followers := p.Author.Handle, int64(-1)
	if label == "" {
		label = p.Author.Name
	}
	if p.Author.Followers.Known {
		followers = p.Author.Followers.N
	}
	const account = `INSERT INTO bot_account (workspace_id, author, network, account, label, declared, followers, due, gone, judged, band, posts, verdict, said)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 'unknown', 0, '{}', '')
ON CONFLICT (workspace_id, author) DO UPDATE SET label = excluded.label, declared = excluded.declared, followers = excluded.followers, due = excluded.due`
	_, err := tx.Exec(account, s.Workspace, author, a.Network, a.Author, label, db.Truth(p.Author.Bot == hearth.True), followers, s.Seq)
	return err
}

// take lets a version leave its author.
func take(tx *db.Tx, s *archive.Stored) error {
	if s.Replaces == 0 {
		return nil
	}
	var author int64
	err := tx.QueryRow(`DELETE FROM bot_post WHERE workspace_id = ? AND seq = ? RETURNING author`, s.Workspace, s.Replaces).Scan(&author)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE bot_account SET due = ? WHERE workspace_id = ? AND author = ?`, s.Seq, s.Workspace, author)
	return err
}

// says says whether a text is long enough to be compared.
func says(p *hearth.Post) bool {
	n := 0
	for _, part := range [...]string{p.Title, p.Text} {
		for _, r := range part {
			if unicode.IsLetter(r) {
				if n++; n == fewestLetters {
					return true
				}
				if r > 0x2E80 { // one character of these says as much as two letters
					n++
				}
			}
		}
	}
	return n >= fewestLetters
}

// hostOf is where the first link leads, without www.
func hostOf(p *hearth.Post) string {
	for _, link := range p.Links {
		u, err := url.Parse(link)
		if err != nil || u.Hostname() == "" {
			continue
		}
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		return host[:min(len(host), 253)]
	}
	return ""
}

// copied is the name under which copies follow the log: until they know a post, it is
// not judged.
var copied = copies.Consumer().Name
