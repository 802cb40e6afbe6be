package cli

import (
	"cmp"
	"strconv"
	"strings"

	"hearth"
	"hearth/client"
)

type listGroup struct {
	All     listAll     `cmd:"" help:"List the shared lists."`
	Show    listShow    `cmd:"" help:"Show a list, and who uses it."`
	Add     listAdd     `cmd:"" help:"Make a list of words, authors or sites that queries share."`
	Change  listChange  `cmd:"" help:"Add entries to a list, take some away, or rename it."`
	Remove  listRemove  `cmd:"" help:"Take a list away that no monitor uses."`
	Restore listRestore `cmd:"" help:"Bring a removed list back."`
}

// list finds a list by its number or its name.
func (s *session) list(api *client.Client, named string) (client.List, error) {
	if id, err := strconv.ParseInt(named, 10, 64); err == nil {
		return api.List(s.ctx, id)
	}
	all, err := api.Lists(s.ctx)
	if err != nil {
		return client.List{}, err
	}
	for _, l := range all {
		if strings.EqualFold(l.Name, named) {
			return api.List(s.ctx, l.ID)
		}
	}
	return client.List{}, hearth.Errorf(hearth.NotFound, "There is no list %q. See: hearth list all", named)
}

// lines are entries that were given, or else those on standard input.
func (s *session) lines(given []string) (string, error) {
	if len(given) > 0 {
		return strings.Join(given, "\n"), nil
	}
	text, err := readAll(s.env.Stdin, 4<<20)
	return string(text), err
}

func (s *session) printList(l *client.List) error {
	if s.json {
		return s.printLine(l)
	}
	if err := s.printf("list %d  %s, of %s; in queries list:%s\n", l.ID, safe(l.Name), counted(int64(len(l.Entries)), l.Kind[:len(l.Kind)-1]), strconv.Quote(safe(l.Name))); err != nil {
		return err
	}
	if l.Taken == nil {
		return nil
	}
	for _, r := range l.Taken.Refused {
		s.note("Line %d is no entry: %s  (%s)", r.Line, r.Reason, safe(r.Text))
	}
	return nil
}

type listAll struct {
	Removed bool `help:"Those that can be restored."`
}

func (c *listAll) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		ask := api.Lists
		if c.Removed {
			ask = api.RemovedLists
		}
		all, err := ask(s.ctx)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "no.", right: true, paint: s.style.faint}, {title: "name", grow: true, paint: s.style.bold}, {title: "of"}, {title: "entries", right: true}}}
		for i := range all {
			if s.json {
				if err := s.printLine(&all[i]); err != nil {
					return err
				}
				continue
			}
			t.add(strconv.FormatInt(all[i].ID, 10), safe(all[i].Name), all[i].Kind, grouped(int64(len(all[i].Entries))))
		}
		switch {
		case s.json:
			return nil
		case len(all) == 0:
			s.note("No lists yet. Begin with: hearth list add 'Our products' Acme 'Acme Pie'")
			return nil
		}
		return t.print(s.env.Stdout, s.out, s.style)
	})
}

type listShow struct {
	List string `arg:"" help:"Its name or number."`
}

func (c *listShow) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := s.list(api, c.List)
		if err != nil || s.json {
			return cmp.Or(err, s.printList(&one))
		}
		if err := s.printList(&one); err != nil {
			return err
		}
		for _, u := range one.Uses {
			if err := s.printf("used by monitor %d  %s\n", u.Monitor, safe(u.Name)); err != nil {
				return err
			}
		}
		for _, e := range one.Entries {
			if err := s.printf("  %s\n", safe(e)); err != nil {
				return err
			}
		}
		return nil
	})
}

type listAdd struct {
	Name    string   `arg:"" help:"What to call it; queries name it so."`
	Entries []string `arg:"" optional:"" help:"Its entries; without any, one a line on standard input."`
	Kind    string   `default:"words" enum:"words,authors,sites" help:"What the entries are: words, authors or sites."`
}

func (c *listAdd) Run(s *session) error {
	text, err := s.lines(c.Entries)
	if err != nil {
		return err
	}
	return s.with(func(api *client.Client) error {
		one, err := api.AddList(s.ctx, client.ListDraft{Kind: c.Kind, Name: c.Name, Text: text})
		if err != nil {
			return err
		}
		return s.printList(&one)
	})
}

type listChange struct {
	List string   `arg:"" help:"Its name or number."`
	Add  []string `sep:"none" placeholder:"ENTRY" help:"An entry to add; may be given again."`
	Drop []string `sep:"none" placeholder:"ENTRY" help:"An entry to take away; may be given again."`
	Text bool     `help:"Read all entries anew from standard input, one a line."`
	Name string   `placeholder:"NAME" help:"A new name, while no monitor uses the list."`
}

func (c *listChange) Run(s *session) error {
	change := client.ListChange{Add: strings.Join(c.Add, "\n"), Drop: c.Drop}
	if c.Name != "" {
		change.Name = &c.Name
	}
	if c.Text {
		text, err := s.lines(nil)
		if err != nil {
			return err
		}
		change.Text = &text
	}
	if change.Name == nil && change.Text == nil && change.Add == "" && len(change.Drop) == 0 {
		return hearth.Errorf(hearth.Invalid, "Say what to change: --add ENTRY, --drop ENTRY, --text or --name NAME.")
	}
	return s.with(func(api *client.Client) error {
		one, err := s.list(api, c.List)
		if err != nil {
			return err
		}
		change.Version = one.Version
		if one, err = api.ChangeList(s.ctx, one.ID, change); err != nil {
			return err
		}
		return s.printList(&one)
	})
}

type listRemove struct {
	List string `arg:"" help:"Its name or number."`
}

func (c *listRemove) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := s.list(api, c.List)
		if err != nil {
			return err
		}
		return api.RemoveList(s.ctx, one.ID)
	})
}

type listRestore struct {
	Number int64 `arg:"" help:"Its number; see hearth list all --removed."`
}

func (c *listRestore) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.RestoreList(s.ctx, c.Number)
		if err != nil {
			return err
		}
		return s.printList(&one)
	})
}
