package alert

import (
	"context"
	"math"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/forecast"
	"hearth/db"
)

// horizons are the ages, in minutes, at which forecasts are learned.
var horizons = [...]int64{15, 60, 360}

const (
	mostHistories = 500
	growthTime    = 7 * 24 * time.Hour
)

// horizonOf is the age to learn from for something of an age.
func horizonOf(age time.Duration) int64 {
	best := horizons[0]
	for _, h := range horizons {
		if age >= time.Duration(h)*time.Minute {
			best = h
		}
	}
	return best
}

// spreadOf is the model for something that began at a time, and what is known of
// it at the age that the model was learned at.
func spreadOf(tx *db.Tx, ws hearth.WorkspaceID, monitor hearth.MonitorID, began, now time.Time) (*forecast.Model, forecast.Sample, error) {
	horizon := horizonOf(now.Sub(began))
	var s forecast.Sample
	rows, err := tx.Query(`
		SELECT posts, recent, final FROM alert_growth WHERE workspace_id = ? AND minutes = ? AND final > 0 ORDER BY alert_id DESC LIMIT ?`,
		int64(ws), horizon, mostHistories)
	if err != nil {
		return nil, s, err
	}
	var histories []forecast.History
	err = db.EachRow(rows, func() error {
		var posts, recent, final int64
		err := rows.Scan(&posts, &recent, &final)
		histories = append(histories, forecast.History{Sample: forecast.Sample{Count: float64(posts), Recent: float64(recent)}, Final: float64(final)})
		return err
	})
	if err != nil {
		return nil, s, err
	}
	s, err = sampleOf(tx, ws, monitor, began, now)
	return forecast.Fit(histories), s, err
}

// sampleOf is what is known of a spread between two moments.
func sampleOf(tx *db.Tx, ws hearth.WorkspaceID, monitor hearth.MonitorID, began, now time.Time) (s forecast.Sample, err error) {
	var posts, recent int64
	err = tx.QueryRow(`
		SELECT coalesce(sum(posts + own), 0), coalesce(sum(posts + own) FILTER (WHERE start >= ?), 0) FROM alert_bin
		WHERE workspace_id = ? AND monitor_id = ? AND start >= ? AND start <= ?`,
		binOf(began.Add(now.Sub(began)/2)), int64(ws), int64(monitor), binOf(began), binOf(now)).Scan(&posts, &recent)
	return forecast.Sample{Count: float64(posts), Recent: float64(recent)}, err
}

// recordGrowth keeps the size of an alert at the ages that forecasts are learned
// at, once each.
func recordGrowth(tx *db.Tx, one *Alert, now time.Time) error {
	for _, h := range horizons {
		at := one.Began.Add(time.Duration(h) * time.Minute)
		if now.Before(at) {
			break
		}
		s, err := sampleOf(tx, one.Workspace, one.Monitor, one.Began, at.Add(-time.Second))
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO alert_growth (workspace_id, alert_id, minutes, posts, recent, final) VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
			int64(one.Workspace), int64(one.ID), h, int64(s.Count), int64(s.Recent))
		if err != nil {
			return err
		}
	}
	return nil
}

// finishGrowth keeps what an alert came to.
func finishGrowth(tx *db.Tx, one *Alert) error {
	if err := recordGrowth(tx, one, one.Last.Add(quietGap)); err != nil {
		return err
	}
	s, err := sampleOf(tx, one.Workspace, one.Monitor, one.Began, one.Last.Add(quietGap))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE alert_growth SET final = ? WHERE workspace_id = ? AND alert_id = ?`,
		max(1, int64(s.Count)), int64(one.Workspace), int64(one.ID))
	return err
}

// Spread is a forecast of how far something will go. It is never one number.
type Spread struct {
	AsOf      time.Time
	Began     time.Time
	Posts     int64           // so far
	Threshold int64           // that would be a crisis
	Method    forecast.Method // none: there is no history to learn from
	Histories int             // earlier alerts it was learned from
	Value     float64         // as likely above as below
	Low, High float64         // 80 of 100 end between them; High is +Inf with none
	Reaches   float64         // the probability of Threshold; NaN with none
	Doubles   float64         // the probability that it doubles; NaN with none
	PastPeak  bool            // the last hour was quieter than the busiest one
	Seismic   *forecast.Seismic
}

// Forecast says how far an incident will spread. Earlier alerts of the workspace
// are what it learns from; without any it says so.
func (i *Incidents) Forecast(ctx context.Context, by access.Actor, id IncidentID) (s Spread, err error) {
	now := i.a.o.Clock()
	var one Incident
	err = i.a.o.State.Read(ctx, func(tx *db.Tx) error {
		if one, err = seenIncident(tx, by, access.ReadAlerts, id); err != nil {
			return err
		}
		s, err = spread(tx, by.Workspace, &one, now)
		return err
	})
	if err != nil || one.Monitor == 0 {
		return s, err
	}
	return s, i.a.secondOpinion(ctx, by, one.Monitor, &s)
}

func spread(tx *db.Tx, ws hearth.WorkspaceID, one *Incident, now time.Time) (s Spread, err error) {
	began := one.Began.Truncate(binWidth)
	s = Spread{AsOf: now, Began: began, Threshold: one.Threshold, Method: forecast.None,
		Low: math.NaN(), High: math.Inf(1), Reaches: math.NaN(), Doubles: math.NaN()}
	if one.Monitor == 0 {
		return s, nil
	}
	model, sample, err := spreadOf(tx, ws, one.Monitor, began, now)
	if err != nil {
		return s, err
	}
	f := model.Predict(sample)
	s.Posts, s.Method, s.Histories = int64(sample.Count), f.Method, f.Histories
	s.Value, s.Low, s.High = f.Value, f.Low, f.High
	s.Reaches, s.Doubles = f.Reaches(float64(one.Threshold)), f.Doubles()
	b, err := readBins(tx, ws, one.Monitor, binOf(began))
	s.PastPeak = b.pastPeak(binOf(began), binOf(now))
	return s, err
}

// pastPeak says whether the last whole hour had less than half of the busiest.
func (b bins) pastPeak(from, to int64) bool {
	var busiest int64
	for bin := from; bin+binHour <= to; bin++ {
		sum := b.sum(bin, bin+binHour)
		busiest = max(busiest, sum.posts+sum.own)
	}
	last := b.sum(to-binHour, to)
	return busiest > 0 && 2*(last.posts+last.own) < busiest
}

// secondOpinion asks SEISMIC about the post that is passed on most.
func (a *Alerts) secondOpinion(ctx context.Context, by access.Actor, id hearth.MonitorID, s *Spread) error {
	mon, err := a.o.Monitors.Get(ctx, by, id)
	if err != nil {
		return err
	}
	r, err := a.readPostsOf(ctx, by.Workspace, &mon, s.Began)
	if err != nil {
		return err
	}
	if len(r.reshares) > forecast.SeismicReshares {
		age := r.reshares[len(r.reshares)-1].After + time.Second
		if opinion, ok := forecast.SeismicAt(r.reshares, age); ok {
			s.Seismic = &opinion
		}
	}
	return nil
}
