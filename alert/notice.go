package alert

import (
	"context"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
)

// Notice is something that people should see when they look at the screen.
type Notice struct {
	ID       int64
	Kind     string // the type of the event
	Class    Class
	Title    string
	Text     string
	Alert    ID              // 0: none
	Incident IncidentID      // 0: none
	Source   hearth.SourceID // 0: none
	At       time.Time
	Read     bool  // by whoever asks
	Facts    Facts // what Title and Text say; empty of notices of older versions
}

// NoticeSearch says which notices are meant.
type NoticeSearch struct {
	Unread bool  // only what whoever asks has not read
	Before int64 // 0: from the newest on
	Limit  int   // 0: 50; at most 500
}

// NoticePage is a page of notices, the newest first.
type NoticePage struct {
	Notices []Notice
	Unread  int64 // of all, by whoever asks
	Next    int64 // Before of the page that follows; 0: there is none
}

// Notices gives a page of notices.
func (a *Alerts) Notices(ctx context.Context, by access.Actor, s NoticeSearch) (page NoticePage, err error) {
	limit := pageLimit(s.Limit)
	before := s.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		seen, err := monitor.SeenBy(tx, by, access.ReadAlerts)
		if err != nil {
			return err
		}
		if !seen.Whole() {
			return page.readSeen(tx, by, seen, &s, before, limit)
		}
		err = tx.QueryRow(`
			SELECT count(*) FROM notice AS n WHERE n.workspace_id = ?1 AND NOT EXISTS (
				SELECT 1 FROM notice_read AS r WHERE r.workspace_id = ?1 AND r.user_id = ?2 AND r.notice_id = n.id)`,
			int64(by.Workspace), int64(by.User)).Scan(&page.Unread)
		if err != nil {
			return err
		}
		return eachNotice(tx, by, before, s.Unread, limit+1, func(n Notice, _ hearth.MonitorID) {
			page.Notices = append(page.Notices, n)
		})
	})
	if len(page.Notices) > limit {
		page.Notices = page.Notices[:limit]
		page.Next = page.Notices[limit-1].ID
	}
	return page, err
}

// readSeen is a page, and the count of what is unread, of what is about the
// monitors within reach. There are few notices, so all are looked at.
func (page *NoticePage) readSeen(tx *db.Tx, by access.Actor, seen monitor.Seen, s *NoticeSearch, before int64, limit int) error {
	return eachNotice(tx, by, 1<<63-1, false, keptNotices, func(n Notice, of hearth.MonitorID) {
		if !seen.Has(of) {
			return
		}
		if !n.Read {
			page.Unread++
		}
		if n.ID < before && !(s.Unread && n.Read) && len(page.Notices) <= limit {
			page.Notices = append(page.Notices, n)
		}
	})
}

// eachNotice goes through notices, the newest first, with the monitor that each
// is about; 0: none.
func eachNotice(tx *db.Tx, by access.Actor, before int64, unread bool, limit int, each func(Notice, hearth.MonitorID)) error {
	rows, err := tx.Query(`
		SELECT n.id, n.kind, n.class, n.title, n.text, n.alert_id, n.incident_id, n.source_id, n.at, n.facts,
			CASE WHEN r.notice_id IS NULL THEN 0 ELSE 1 END, coalesce(a.monitor_id, i.monitor_id, 0)
		FROM notice AS n LEFT JOIN notice_read AS r ON r.workspace_id = n.workspace_id AND r.user_id = ? AND r.notice_id = n.id
			LEFT JOIN alert AS a ON a.workspace_id = n.workspace_id AND a.id = n.alert_id
			LEFT JOIN incident AS i ON i.workspace_id = n.workspace_id AND i.id = n.incident_id
		WHERE n.workspace_id = ? AND n.id < ? AND (? = 0 OR r.notice_id IS NULL)
		ORDER BY n.id DESC LIMIT ?`, int64(by.User), int64(by.Workspace), before, db.Truth(unread), limit)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var n Notice
		var of hearth.MonitorID
		var at int64
		var facts string
		if err := rows.Scan(&n.ID, &n.Kind, &n.Class, &n.Title, &n.Text, &n.Alert, &n.Incident, &n.Source, &at, &facts, &n.Read, &of); err != nil {
			return err
		}
		n.At = db.FromMicros(at)
		err := readFacts(facts, &n.Facts)
		each(n, of)
		return err
	})
}

// ReadNotices marks every notice up to an id as read by whoever asks, or, with
// only, that one alone.
func (a *Alerts) ReadNotices(ctx context.Context, by access.Actor, upTo int64, only bool) error {
	if err := by.CheckSome(access.ReadAlerts); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`
			INSERT INTO notice_read (workspace_id, user_id, notice_id)
			SELECT n.workspace_id, ?1, n.id FROM notice AS n
			WHERE n.workspace_id = ?2 AND n.id <= ?3 AND (?4 = 0 OR n.id = ?3)
			ON CONFLICT DO NOTHING`, int64(by.User), int64(by.Workspace), upTo, db.Truth(only))
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { a.changes.Publish(by.Workspace, Change{Notice: upTo}) })
		return nil
	})
}

const keptNotices = 1000 // of a workspace

// notify shows something to people and tells it to whoever else wants to know.
func (a *Alerts) notify(tx *db.Tx, ws hearth.WorkspaceID, e Event, n Notice) error {
	id, err := nextNumber(tx, "notices")
	if err != nil {
		return err
	}
	_, err = tx.Exec(`
		INSERT INTO notice (workspace_id, id, kind, class, title, text, alert_id, incident_id, source_id, at, facts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, int64(ws), id, e.Type, string(e.Class), e.Title, e.Text,
		int64(n.Alert), int64(n.Incident), int64(n.Source), db.Micros(e.At), written(&n.Facts))
	if err != nil {
		return err
	}
	if err := trimNotices(tx, ws); err != nil {
		return err
	}
	tx.AfterCommit(func() { a.changes.Publish(ws, Change{Alert: n.Alert, Incident: n.Incident, Notice: id}) })
	e.Facts = n.Facts
	return a.publish(tx, ws, e)
}

func trimNotices(tx *db.Tx, ws hearth.WorkspaceID) error {
	const old = `SELECT coalesce(min(id), 0) FROM (SELECT id FROM notice WHERE workspace_id = ? ORDER BY id DESC LIMIT ?) AS kept`
	var first int64
	if err := tx.QueryRow(old, int64(ws), keptNotices).Scan(&first); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM notice_read WHERE workspace_id = ? AND notice_id < ?`, int64(ws), first); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM notice WHERE workspace_id = ? AND id < ?`, int64(ws), first)
	return err
}

func (a *Alerts) publish(tx *db.Tx, ws hearth.WorkspaceID, e Event) error {
	if a.o.Publish == nil {
		return nil
	}
	return a.o.Publish(tx, ws, e)
}

// nextNumber gives the next id of a sort.
func nextNumber(tx *db.Tx, sort string) (n int64, err error) {
	statement := map[string]string{
		"alerts":    `UPDATE alert_place SET alerts = alerts + 1 WHERE id = 1 RETURNING alerts`,
		"incidents": `UPDATE alert_place SET incidents = incidents + 1 WHERE id = 1 RETURNING incidents`,
		"notices":   `UPDATE alert_place SET notices = notices + 1 WHERE id = 1 RETURNING notices`,
	}[sort]
	err = tx.QueryRow(statement).Scan(&n)
	return n, err
}
