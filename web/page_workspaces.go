package web

import (
	"net/http"
	"net/url"
	"strconv"

	"hearth"
	"hearth/access"
)

const workspacePath = "/settings/workspace"

// workspacePage is the workspace, its brands, and the other workspaces that
// somebody may enter.
type workspacePage struct {
	Name    string
	Done    *undo
	Rename  *fieldset // nil: the visitor may not
	Archive int64     // the version that may be archived; 0: none
	Others  []choice
	Add     *fieldset
	Brands  []brandRow
	Gone    []brandRow
	Write   bool // of brands
	NewName *fieldset
}

// brandRow is a brand.
type brandRow struct {
	ID, Version int64
	Name        string
	Plain       string // the name as it is changed
	Created     moment
	Deep        int           // how many stand above it
	Above       []brandChoice // that it may stand below
	Top         bool          // none stands above it
}

func (web *Web) workspace(v *visit) error { return v.showWorkspace(http.StatusOK, "", nil, nil) }

// showWorkspace shows the page; what is wrong stands in the form of that name.
func (v *visit) showWorkspace(status int, form string, wrong error, typed url.Values) error {
	list, err := v.web.o.Access.Workspaces(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &workspacePage{Write: v.by.May(access.WriteBrands), Done: v.workspaceDone()}
	for _, w := range list {
		if w.ID != v.by.Workspace {
			if v.account.User > 0 {
				p.Others = append(p.Others, choice{w.ID.String(), shorten(60, w.Name), false})
			}
			continue
		}
		p.Name = shorten(60, w.Name)
		if !v.by.May(access.WriteWorkspaces) {
			continue
		}
		p.Rename = &fieldset{
			ID: "rename", Action: workspacePath, Submit: v.say("act.rename"), Icon: "pencil", Hidden: []doorField{{Name: "do", Value: "rename"}, {Name: "version", Value: strconv.FormatInt(w.Version, 10)}},
			Fields: []input{{Name: "name", Label: v.name("door-field", "name"), Value: w.Name, Required: true, Max: 100}},
		}
		if w.ID == hearth.DefaultWorkspace {
			p.Add = &fieldset{
				ID: "add", Action: workspacePath, Submit: v.say("workspace.add"), Icon: "plus", Hidden: []doorField{{Name: "do", Value: "add"}},
				Fields: []input{{Name: "name", Label: v.name("door-field", "name"), Required: true, Max: 100}},
			}
		} else {
			p.Archive = w.Version
		}
	}
	brands, err := v.web.o.Access.Brands(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p.Brands, p.Gone = v.brandRows(brands)
	if p.Write {
		p.NewName = &fieldset{
			ID: "brand", Action: workspacePath + "/brands", Submit: v.say("brand.add"), Icon: "plus", Hidden: []doorField{{Name: "do", Value: "add"}},
			Fields: []input{{Name: "name", Label: v.name("door-field", "name"), Required: true, Max: 100}},
		}
		if len(p.Brands) > 0 {
			above := input{Name: "parent", Label: v.say("brands.above"), Choices: []choice{{"0", v.say("brands.above.none"), true}}}
			for _, b := range treeOf(brands, nil) {
				above.Choices = append(above.Choices, b.choice)
			}
			p.NewName.Fields = append(p.NewName.Fields, above)
		}
	}
	for _, f := range []*fieldset{p.Rename, p.Add, p.NewName} {
		if f != nil && f.ID == form {
			f.refused(wrong, typed)
		}
	}
	return v.showAt(status, "workspace", v.name("settings-title", "workspace"), p)
}

// brandRows are the brands in use, each behind the one above it, and those put
// away.
func (v *visit) brandRows(brands []access.Brand) (living, gone []brandRow) {
	byID := map[string]access.Brand{}
	for _, b := range brands {
		byID[b.ID.String()] = b
		if !b.Archived.IsZero() {
			gone = append(gone, brandRow{ID: int64(b.ID), Version: b.Version, Name: shorten(60, b.Name)})
		}
	}
	for _, one := range treeOf(brands, nil) {
		b := byID[one.Value]
		row := brandRow{ID: int64(b.ID), Version: b.Version, Name: one.Label, Plain: b.Name, Created: v.when(b.Created), Deep: one.Deep, Top: b.Parent == 0}
		for _, other := range treeOf(brands, []access.BrandID{b.Parent}) {
			if other.Value != one.Value {
				row.Above = append(row.Above, other)
			}
		}
		living = append(living, row)
	}
	return living, gone
}

// workspaceDone says what was just done, and takes it back.
func (v *visit) workspaceDone() *undo {
	did := v.query("did")
	switch did {
	case "renamed", "added", "brand-added", "brand-renamed", "brand-moved", "brand-restored":
		return &undo{Sentence: v.name("workspace-did", did)}
	case "brand-archived":
		return &undo{Sentence: v.name("workspace-did", did), Action: workspacePath + "/brands", Fields: []doorField{
			{Name: "do", Value: "restore"}, {Name: "id", Value: v.query("id")}, {Name: "version", Value: v.query("version")},
		}}
	}
	return nil
}

// changeWorkspace renames the workspace, archives it, or makes another.
func (web *Web) changeWorkspace(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	which, did := "rename", "renamed"
	switch form.Get("do") {
	case "rename":
		_, err = web.o.Access.RenameWorkspace(v.ctx(), v.by, version, form.Get("name"))
	case "add":
		which, did = "add", "added"
		_, err = web.o.Access.AddWorkspace(v.ctx(), v.by, form.Get("name"))
	case "archive":
		if err := web.o.Access.ArchiveWorkspace(v.ctx(), v.by, version); err != nil {
			return err
		}
		return v.back("/")
	default:
		return hearth.Errorf(hearth.Invalid, "Workspaces can be made, renamed and archived.")
	}
	return v.workspaceChanged(err, which, did, form)
}

// workspaceChanged goes back to the page, or shows it with what is wrong.
func (v *visit) workspaceChanged(err error, which, did string, form url.Values) error {
	if err == nil {
		return v.back(workspacePath + "?did=" + did)
	}
	if status, shown := (&fieldset{}).refused(err, form); shown && faultIsNamed(err) {
		return v.showWorkspace(status, which, err, form)
	}
	return err
}

func faultIsNamed(err error) bool {
	field, _ := faultOf(err)
	return field == "name"
}

// changeBrand makes, renames, archives or restores a brand.
func (web *Web) changeBrand(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if form.Get("do") == "add" {
		above, _ := strconv.ParseInt(form.Get("parent"), 10, 64)
		_, err := web.o.Access.AddBrand(v.ctx(), v.by, form.Get("name"), access.BrandID(above))
		return v.workspaceChanged(err, "brand", "brand-added", form)
	}
	number, err := idOf(form.Get("id"), "There is no such brand.")
	if err != nil {
		return err
	}
	id := access.BrandID(number)
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	var b access.Brand
	did := ""
	switch form.Get("do") {
	case "rename":
		did = "brand-renamed"
		b, err = web.o.Access.RenameBrand(v.ctx(), v.by, id, version, form.Get("name"))
	case "move":
		did = "brand-moved"
		above, _ := strconv.ParseInt(form.Get("parent"), 10, 64)
		b, err = web.o.Access.MoveBrand(v.ctx(), v.by, id, version, access.BrandID(above))
	case "archive":
		did = "brand-archived"
		b, err = web.o.Access.ArchiveBrand(v.ctx(), v.by, id, version)
	case "restore":
		did = "brand-restored"
		b, err = web.o.Access.RestoreBrand(v.ctx(), v.by, id, version)
	default:
		err = hearth.Errorf(hearth.Invalid, "Brands can be made, renamed, moved, archived and restored.")
	}
	if err != nil {
		return err
	}
	return v.back(workspacePath + "?" + url.Values{"did": {did}, "id": {b.ID.String()}, "version": {strconv.FormatInt(b.Version, 10)}}.Encode() + "#brands")
}

// enterWorkspace lets somebody look at another of their workspaces. They begin
// there at the start: an address of one workspace means nothing in another.
func (web *Web) enterWorkspace(v *visit) error {
	if err := v.r.ParseForm(); err != nil { // of a page of the old workspace, so not by v.form
		return hearth.Errorf(hearth.Invalid, "This form could not be read; send it again.")
	}
	id, err := idOf(v.r.PostForm.Get("id"), "There is no such workspace.")
	if err != nil {
		return err
	}
	if err := web.o.Access.EnterWorkspace(v.ctx(), v.by, hearth.WorkspaceID(id)); err != nil {
		return err
	}
	return v.back("/")
}
