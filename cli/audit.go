package cli

import (
	"strconv"
	"time"

	"hearth"
	"hearth/client"
)

type auditGroup struct {
	List   auditList   `cmd:"" help:"Say who did what, the newest first."`
	Export auditExport `cmd:"" help:"Write out the whole log, as NDJSON or CSV."`
	Verify auditVerify `cmd:"" help:"Read the whole log and find what was altered or is missing."`
}

// auditFilter is the flags that say which lines are meant.
type auditFilter struct {
	User   int64     `placeholder:"NUMBER" help:"What this user did, whatever they are called."`
	Actor  string    `placeholder:"NAME" help:"What this one did."`
	Verb   string    `placeholder:"VERB" help:"Of this verb, such as monitor.change, or monitor. for all of them."`
	Object string    `placeholder:"OBJECT" help:"Done to this, such as monitor/12, or monitor."`
	From   time.Time `placeholder:"TIME" help:"From then on, as 2026-11-02T15:00:00Z."`
	To     time.Time `placeholder:"TIME" help:"Before then."`
}

func (f *auditFilter) search() client.AuditSearch {
	return client.AuditSearch{User: f.User, Actor: f.Actor, Verb: f.Verb, Object: f.Object, From: f.From, To: f.To}
}

type auditList struct {
	auditFilter
	Limit int `short:"n" default:"50" help:"How many lines, at most 1000."`
}

func (c *auditList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search := c.search()
		search.Limit = c.Limit
		page, err := api.AuditLog(s.ctx, search)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "line", right: true}, {title: "when"}, {title: "who", paint: s.style.bold}, {title: "did"}, {title: "to"}, {title: "called"}, {title: "now", grow: true}}}
		for i := range page.Lines {
			l := &page.Lines[i]
			if s.json {
				if err := s.printLine(l); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(l.ID, 10), l.At.Format("2006-01-02 15:04:05"), safe(l.Actor), l.Verb, safe(l.Object), safe(auditName(l)), safe(string(l.Now)))
		}
		if s.json {
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

// auditName is how an object was called, and what became of it.
func auditName(l *client.AuditLine) string {
	switch {
	case l.Gone:
		return l.Name + " (removed)"
	case l.NameNow != l.Name:
		return l.Name + " (now " + l.NameNow + ")"
	}
	return l.Name
}

type auditExport struct {
	auditFilter
	Format string `default:"ndjson" enum:"ndjson,csv" help:"How: ${enum}."`
}

func (c *auditExport) Run(s *session) error {
	return s.with(func(api *client.Client) error { return api.ExportAudit(s.ctx, c.search(), c.Format, s.env.Stdout) })
}

type auditVerify struct{}

func (auditVerify) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		check, err := api.VerifyAudit(s.ctx)
		if err != nil {
			return err
		}
		if check.Wrong != 0 {
			return hearth.Errorf(hearth.Damaged, "At line %d of the audit log %s. Somebody has changed the database by other means than Hearth.", check.Wrong, check.What)
		}
		if s.json {
			return s.printLine(check)
		}
		s.printf("%s lines, each as it was written. The last link of the chain is\n%s\n", grouped(check.Lines), check.Head)
		s.note("%s", s.errStyle.faint("Note it somewhere else: a line that carries it later shows that nothing before it was changed."))
		return nil
	})
}
