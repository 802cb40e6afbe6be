package cli

import (
	"hearth/client"
)

type importsGroup struct {
	List importsList `cmd:"" help:"List what was imported, the newest first."`
	Undo importsUndo `cmd:"" help:"Erase every post that an import stored. They can be imported again."`
}

type importsList struct{}

func (importsList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Imports(s.ctx)
		if err != nil {
			return err
		}
		t := table{columns: []column{{title: "begun", paint: s.style.faint}, {title: "file", grow: true, paint: s.style.bold}, {title: "format"}, {title: "state"},
			{title: "records", right: true}, {title: "stored", right: true}, {title: "unreadable", right: true}, {title: "id", paint: s.style.faint}}}
		for i := range list {
			one := &list[i]
			if s.json {
				if err := s.printLine(one); err != nil {
					return err
				}
				continue
			}
			t.add(one.Begun.UTC().Format("2006-01-02 15:04"), safe(one.Name), one.Format, one.State,
				grouped(one.Records), grouped(one.Stored), grouped(one.Rejected), safe(one.ID))
		}
		if s.json {
			return nil
		}
		if len(list) == 0 {
			s.note("Nothing was imported yet.")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type importsUndo struct {
	ID string `arg:"" help:"The import's id, as imports list shows it."`
}

func (c *importsUndo) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		erased, err := api.UndoImport(s.ctx, c.ID)
		if err != nil {
			return err
		}
		if s.json {
			return s.printLine(erased)
		}
		return s.printf("Erased %s.\n", counted(erased.Posts, "post"))
	})
}
