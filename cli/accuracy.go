package cli

import (
	"cmp"
	"fmt"

	"hearth/client"
)

type monitorAccuracy struct{ naming }

func (c *monitorAccuracy) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		list, err := api.Accuracy(s.ctx, m.ID)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "field", paint: s.style.bold}, {title: "judged", right: true}, {title: "right", right: true}, {title: "between", right: true, paint: s.style.faint},
			{title: "silent", right: true}, {title: "corrected", right: true}, {title: "of", right: true, paint: s.style.faint}}}
		for i := range list {
			f := &list[i]
			if s.json {
				err = cmp.Or(err, s.printLine(f))
				continue
			}
			right, between := "", ""
			if f.Judged > 0 {
				right, between = fmt.Sprintf("%.0f %%", 100*f.Right), fmt.Sprintf("%.0f %% to %.0f %%", 100*f.Low, 100*f.High)
			}
			t.add(f.Field, grouped(f.Judged), right, between, grouped(f.Silent), grouped(f.Corrected), grouped(f.Of))
		}
		if err != nil || s.json {
			return err
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
		s.note("Judged posts were drawn by chance, on the page of the monitor. Corrected ones are no fair sample: people correct what is wrong.")
		return nil
	})
}
