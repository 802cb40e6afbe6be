package cli

import (
	"strconv"

	"hearth"
	"hearth/client"
)

type workspaceGroup struct {
	List   workspaceList   `cmd:"" help:"List the workspaces."`
	Add    workspaceAdd    `cmd:"" help:"Make a workspace."`
	Rename workspaceRename `cmd:"" help:"Give the first workspace another name."`
}

type brandGroup struct {
	List    brandList    `cmd:"" help:"List the brands."`
	Add     brandAdd     `cmd:"" help:"Make a brand."`
	Rename  brandRename  `cmd:"" help:"Give a brand another name."`
	Move    brandMove    `cmd:"" help:"Put a brand below another, or below none."`
	Archive brandArchive `cmd:"" help:"Put a brand away; nothing of it is lost."`
	Restore brandRestore `cmd:"" help:"Take a brand out of the archive."`
}

// printPlaces lists workspaces or brands.
func (s *session) printPlaces(list []client.Place, none string) error {
	t := &table{columns: []column{{title: "id", right: true}, {title: "name", grow: true, paint: s.style.bold}, {title: "state"}}}
	for i := range list {
		if s.json {
			if err := s.printLine(&list[i]); err != nil {
				return err
			}
			continue
		}
		state := "in use"
		if !list[i].Archived.IsZero() {
			state = "archived"
		}
		t.add(strconv.FormatInt(list[i].ID, 10), safe(list[i].Name), state)
	}
	if s.json {
		return nil
	}
	if len(list) == 0 {
		s.note("%s", none)
		return nil
	}
	return t.print(s.env.Stdout, s.out, s.style)
}

// printPlace shows what became of one.
func (s *session) printPlace(p client.Place, err error) error {
	if err != nil {
		return err
	}
	if s.json {
		return s.printLine(p)
	}
	state := "in use"
	if !p.Archived.IsZero() {
		state = "archived"
	}
	return s.printf("%d  %s  %s\n", p.ID, s.style.bold(safe(p.Name)), state)
}

// findPlace is the one of that name or number.
func findPlace(list []client.Place, err error, named, see string) (client.Place, error) {
	if err != nil {
		return client.Place{}, err
	}
	for _, p := range list {
		if p.Name == named || strconv.FormatInt(p.ID, 10) == named {
			return p, nil
		}
	}
	return client.Place{}, hearth.Errorf(hearth.NotFound, "There is nothing named %q. See: %s", named, see)
}

type workspaceList struct{}

func (workspaceList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Workspaces(s.ctx)
		if err != nil {
			return err
		}
		return s.printPlaces(list, "")
	})
}

type workspaceAdd struct {
	Name string `arg:"" help:"Its name."`
}

func (c *workspaceAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error { return s.printPlace(api.AddWorkspace(s.ctx, c.Name)) })
}

type workspaceRename struct {
	Name string `arg:"" help:"Its new name."`
}

func (c *workspaceRename) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Workspaces(s.ctx)
		if err != nil {
			return err
		}
		first, err := findPlace(list, nil, "1", "hearth workspace list")
		if err != nil {
			return err
		}
		return s.printPlace(api.RenameWorkspace(s.ctx, first.Version, c.Name))
	})
}

type brandList struct{}

func (brandList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Brands(s.ctx)
		if err != nil {
			return err
		}
		return s.printPlaces(list, "No brands yet. Make one with: hearth brand add NAME")
	})
}

type brandAdd struct {
	Name  string `arg:"" help:"Its name."`
	Below string `placeholder:"BRAND" help:"The brand that stands above it."`
}

func (c *brandAdd) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		above, err := s.brandNamed(api, c.Below)
		if err != nil {
			return err
		}
		return s.printPlace(api.AddBrand(s.ctx, c.Name, above))
	})
}

// brandNamed is the number of the brand of that name or number; 0 of "".
func (s *session) brandNamed(api *client.Client, named string) (int64, error) {
	if named == "" {
		return 0, nil
	}
	list, err := api.Brands(s.ctx)
	b, err := findPlace(list, err, named, "hearth brand list")
	return b.ID, err
}

// brandsNamed is the numbers of brands; never nil.
func (s *session) brandsNamed(api *client.Client, named []string) ([]int64, error) {
	ids := []int64{}
	for _, name := range named {
		id, err := s.brandNamed(api, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

type brandMove struct {
	Brand string `arg:"" help:"Its name or number."`
	Below string `placeholder:"BRAND" help:"The brand that shall stand above it; without it none does."`
}

func (c *brandMove) Run(s *session) error {
	return s.brand(c.Brand, func(api *client.Client, b client.Place) (client.Place, error) {
		above, err := s.brandNamed(api, c.Below)
		if err != nil {
			return b, err
		}
		return api.MoveBrand(s.ctx, b.ID, b.Version, above)
	})
}

// brand runs do with the brand of that name or number.
func (s *session) brand(named string, do func(*client.Client, client.Place) (client.Place, error)) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Brands(s.ctx)
		b, err := findPlace(list, err, named, "hearth brand list")
		if err != nil {
			return err
		}
		return s.printPlace(do(api, b))
	})
}

type brandRename struct {
	Brand string `arg:"" help:"Its name or number."`
	Name  string `arg:"" help:"Its new name."`
}

func (c *brandRename) Run(s *session) error {
	return s.brand(c.Brand, func(api *client.Client, b client.Place) (client.Place, error) {
		return api.RenameBrand(s.ctx, b.ID, b.Version, c.Name)
	})
}

type brandArchive struct {
	Brand string `arg:"" help:"Its name or number."`
}

func (c *brandArchive) Run(s *session) error {
	return s.brand(c.Brand, func(api *client.Client, b client.Place) (client.Place, error) {
		return api.ArchiveBrand(s.ctx, b.ID, b.Version)
	})
}

type brandRestore struct {
	Brand string `arg:"" help:"Its name or number."`
}

func (c *brandRestore) Run(s *session) error {
	return s.brand(c.Brand, func(api *client.Client, b client.Place) (client.Place, error) {
		return api.RestoreBrand(s.ctx, b.ID, b.Version)
	})
}
