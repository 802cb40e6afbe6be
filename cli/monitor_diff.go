package cli

import (
	"fmt"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

type monitorDiff struct {
	naming
	From int64 `placeholder:"VERSION" help:"The version to compare with; the one before with another query if not said."`
	To   int64 `placeholder:"VERSION" help:"The version; the present one if not said."`
}

func (c *monitorDiff) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		d, err := api.DiffMonitor(s.ctx, m.ID, c.From, c.To)
		if err != nil {
			return err
		}
		return s.printDiff(&d)
	})
}

// previewChange is monitor change --dry-run.
func (s *session) previewChange(api *client.Client, id int64, query string) error {
	if query == "" {
		return hearth.Errorf(hearth.Invalid, "Say which query --dry-run should try.")
	}
	d, err := api.PreviewChange(s.ctx, id, query)
	if err != nil {
		return s.queryTrouble(query, err)
	}
	return s.printDiff(&d)
}

func (s *session) printDiff(d *client.MonitorDiff) error {
	if s.json {
		return s.printLine(d)
	}
	var words strings.Builder
	for _, p := range d.Words {
		switch text := strings.TrimSpace(safe(p.Text)); p.Kind {
		case "deleted":
			words.WriteString(s.style.bad("[-"+text+"-]") + " ")
		case "inserted":
			words.WriteString(s.style.good("{+"+text+"+}") + " ")
		default:
			words.WriteString(text + " ")
		}
	}
	s.printf("%s\n\n", strings.TrimSpace(words.String()))
	least := ""
	if !d.Exact {
		least = "at least "
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	against := "against version " + grouped(d.From)
	if d.To == 0 {
		against += ", nothing is changed yet"
	} else {
		against = fmt.Sprintf("of version %d %s, as of %s", d.To, against, d.Made.UTC().Format(time.DateTime))
	}
	t.add("stored posts", against)
	t.add("gained", least+grouped(d.Gained))
	t.add("lost", least+grouped(d.Lost))
	t.add("kept", least+grouped(d.Kept))
	if d.Sampled > 0 {
		t.add("replay window", "about "+grouped(d.WindowGained)+" more would be found (judged by "+grouped(d.Sampled)+")")
	}
	if err := t.printRows(s.env.Stdout, terminal{}); err != nil {
		return err
	}
	for _, side := range []struct {
		title string
		posts []client.Hit
	}{{"Gained, the newest", d.GainedPosts}, {"Lost, the newest", d.LostPosts}} {
		if len(side.posts) == 0 {
			continue
		}
		s.printf("\n%s\n", s.style.bold(side.title))
		for i := range side.posts {
			s.printf("\n")
			if err := s.printHit(&side.posts[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
