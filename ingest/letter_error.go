package ingest

import (
	"context"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// LetterError is how many dead letters of a source have an error in common.
type LetterError struct {
	Error  string // that DeadLetterSearch and LetterTask take
	Reason string // of the newest of them, for a person
	Count  int64
}

const (
	maxErrorBytes   = 300
	mostLetterTypes = 50
)

// errorOf is what letters of the same reason have in common.
func errorOf(reason string) string {
	if reason == "" {
		return "?"
	}
	return withoutNumbers(shorten(reason, maxErrorBytes))
}

// LetterErrors gives what is wrong with the dead letters of a source, the most
// frequent first, at most fifty.
func (s *Sources) LetterErrors(ctx context.Context, by access.Actor, source hearth.SourceID) (list []LetterError, err error) {
	if err := by.Check(access.ReadOperations); err != nil {
		return nil, err
	}
	if _, err := s.sourceOf(ctx, by.Workspace, source); err != nil {
		return nil, err
	}
	err = s.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT l.reason, g.error, g.n FROM (
				SELECT error, count(*) AS n, max(id) AS newest FROM dead_letter
				WHERE workspace_id = ?1 AND source_id = ?2 AND dismissed = 0
				GROUP BY error ORDER BY n DESC, newest DESC LIMIT ?3) AS g
			JOIN dead_letter AS l ON l.workspace_id = ?1 AND l.id = g.newest
			ORDER BY g.n DESC, g.newest DESC`, by.Workspace, source, mostLetterTypes)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var e LetterError
			err := rows.Scan(&e.Reason, &e.Error, &e.Count)
			list = append(list, e)
			return err
		})
	})
	return list, err
}

// DismissedKept is how long a dismissed letter can be brought back.
const DismissedKept = 7 * 24 * time.Hour

// TidyLetters throws away what was dismissed long ago, of all workspaces, and
// names the errors of letters that an older version wrote.
func (s *Sources) TidyLetters(ctx context.Context) error {
	for more := true; more; {
		var err error
		if more, err = s.tidySome(ctx); err != nil {
			return err
		}
	}
	return nil
}

// letterChunk is how many letters one transaction takes.
const letterChunk = 200

func (s *Sources) tidySome(ctx context.Context) (more bool, err error) {
	type key struct {
		ws     hearth.WorkspaceID
		id     int64
		reason string
	}
	list := func(tx *db.Tx, where string, args ...any) (found []key, err error) {
		rows, err := tx.Query(`SELECT workspace_id, id, reason FROM dead_letter WHERE `+where+` ORDER BY workspace_id, id LIMIT ?`, append(args, letterChunk)...)
		if err != nil {
			return nil, err
		}
		err = db.EachRow(rows, func() error {
			var k key
			err := rows.Scan(&k.ws, &k.id, &k.reason)
			found = append(found, k)
			return err
		})
		return found, err
	}
	err = s.o.Store.Write(ctx, func(tx *db.Tx) error {
		old, err := list(tx, `dismissed > 0 AND dismissed < ?`, db.Micros(s.o.Clock().Add(-DismissedKept))) // all workspaces: the program's own tidying
		if err != nil {
			return err
		}
		for _, k := range old {
			if err := forgetLetter(tx, k.ws, k.id); err != nil {
				return err
			}
		}
		nameless, err := list(tx, `error = ''`)
		if err != nil {
			return err
		}
		for _, k := range nameless {
			if _, err := tx.Exec(`UPDATE dead_letter SET error = ? WHERE workspace_id = ? AND id = ?`, errorOf(k.reason), k.ws, k.id); err != nil {
				return err
			}
		}
		more = len(old) == letterChunk || len(nameless) == letterChunk
		return nil
	})
	return more, err
}
