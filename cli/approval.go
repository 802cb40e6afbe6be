package cli

import (
	"strconv"
	"strings"

	"hearth/client"
)

type approvalGroup struct {
	List     approvalList     `cmd:"" help:"List your requests, and those that you may decide."`
	Show     approvalShow     `cmd:"" help:"Show a request: who asks for what, and why."`
	Explain  approvalExplain  `cmd:"" help:"Say why you ask."`
	Withdraw approvalWithdraw `cmd:"" help:"End a request of your own."`
	Four     approvalFour     `cmd:"" name:"four-eyes" help:"Say what takes four eyes, or show it."`
}

type approvalList struct {
	Open  bool `help:"Those only of which something may still become."`
	Limit int  `default:"50" help:"How many, at most 200."`
}

func (c *approvalList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		page, err := api.Approvals(s.ctx, client.ApprovalSearch{Open: c.Open, Limit: c.Limit})
		if err != nil {
			return err
		}
		now := s.env.Clock()
		t := &table{columns: []column{{title: "id", right: true}, {title: "state", paint: s.style.bold}, {title: "what", grow: true}, {title: "of"}, {title: "asked"}}}
		for i := range page.Approvals {
			r := &page.Approvals[i]
			if s.json {
				if err := s.printLine(r); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(r.ID, 10), r.State, safe(r.Verb+" "+r.Object), safe(r.Actor), ago(r.Asked, now))
		}
		if s.json {
			return nil
		}
		if len(page.Approvals) == 0 {
			s.note("Nobody has asked for anything.")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type approvalShow struct {
	ID int64 `arg:"" help:"Its number."`
}

func (c *approvalShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		r, err := api.Approval(s.ctx, c.ID)
		if err != nil {
			return err
		}
		return s.showApproval(&r)
	})
}

// showApproval prints a request.
func (s *session) showApproval(r *client.Approval) error {
	if s.json {
		return s.printLine(r)
	}
	s.printf("Request %d: %s %s, asked for by %s %s\n", r.ID, safe(r.Verb), safe(r.Object), safe(r.Actor), ago(r.Asked, s.env.Clock()))
	for _, line := range [...]struct{ name, text string }{
		{"why", r.Why}, {"was", string(r.Was)}, {"now", string(r.Now)}, {"decided by", r.Decider}, {"note", r.Note},
	} {
		if line.text != "" {
			s.printf("  %s: %s\n", line.name, safe(line.text))
		}
	}
	switch r.State {
	case "waiting":
		return s.printf("It waits for a second person until %s. They decide in the browser: Settings, Approvals.\n", r.Expires.Format("2006-01-02 15:04 UTC"))
	case "approved":
		return s.printf("It is approved. Whoever asked may do exactly the same again until %s, once.\n", r.Expires.Format("2006-01-02 15:04 UTC"))
	}
	return s.printf("It is %s.\n", r.State)
}

type approvalExplain struct {
	ID  int64  `arg:"" help:"Its number."`
	Why string `arg:"" help:"A sentence for whoever decides."`
}

func (c *approvalExplain) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		r, err := api.ExplainApproval(s.ctx, c.ID, c.Why)
		if err != nil {
			return err
		}
		return s.showApproval(&r)
	})
}

type approvalWithdraw struct {
	ID int64 `arg:"" help:"Its number."`
}

func (c *approvalWithdraw) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		r, err := api.WithdrawApproval(s.ctx, c.ID)
		if err != nil {
			return err
		}
		return s.showApproval(&r)
	})
}

type approvalFour struct {
	Areas []string `arg:"" optional:"" name:"area" help:"exports, erasure, roles, sources, channels; or none. Without any it is shown."`
}

func (c *approvalFour) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		f, err := api.FourEyes(s.ctx)
		if err != nil {
			return err
		}
		if len(c.Areas) > 0 {
			if len(c.Areas) == 1 && c.Areas[0] == "none" {
				c.Areas = []string{}
			}
			if f, err = api.SetFourEyes(s.ctx, client.FourEyesChange{Version: f.Version, Areas: c.Areas}); err != nil {
				return err
			}
		}
		if s.json {
			return s.printLine(f)
		}
		if len(f.Areas) == 0 {
			return s.printf("Nothing takes four eyes here.\n")
		}
		return s.printf("These take four eyes: %s\n", strings.Join(f.Areas, ", "))
	})
}
