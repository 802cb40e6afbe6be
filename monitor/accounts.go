package monitor

import (
	"context"

	"hearth"
	"hearth/db"
	"hearth/query"
)

// KnowAccounts sets which accounts the words of bot: mean in a workspace, by
// query.BotKey. Monitors that ask for them listen by it at once; what they caught
// before stays.
func (m *Monitors) KnowAccounts(ctx context.Context, ws hearth.WorkspaceID, byKey map[string]*query.Query) error {
	m.shared.Lock()
	defer m.shared.Unlock()
	type asking struct {
		id   hearth.MonitorID
		text string
	}
	var list []asking
	err := m.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT id, query FROM monitor WHERE workspace_id = ? AND removed IS NULL AND paused = 0 AND lower(canonical) LIKE '%bot:%' ORDER BY id`, ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var a asking
			err := rows.Scan(&a.id, &a.text)
			list = append(list, a)
			return err
		})
	})
	if err != nil {
		return err
	}
	m.shared.mu.Lock()
	if m.shared.bots == nil {
		m.shared.bots = map[hearth.WorkspaceID]map[string]*query.Query{}
	}
	m.shared.bots[ws] = byKey
	m.shared.mu.Unlock()
	for _, a := range list {
		if q, _ := m.Parse(ws, a.text); q != nil {
			m.liveOf(ws).Put(a.id, q)
		}
	}
	return nil
}
