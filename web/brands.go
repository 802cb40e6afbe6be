package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
)

// brandCookie says which brand somebody looks at in this browser, as the number
// of a workspace, "-" and that of the brand. It is a choice and no right: what
// it names is looked up for whoever brings it.
const brandCookie = "brand"

// narrow lets the visitor look at the brand that they chose, if it is there and
// theirs.
func (v *visit) narrow() {
	ws, brand, _ := strings.Cut(cookie(v.r, brandCookie), "-")
	id, err := strconv.ParseInt(brand, 10, 64)
	if err != nil || id <= 0 || ws != v.by.Workspace.String() {
		return
	}
	if by, err := v.web.o.Access.Narrow(v.ctx(), access.BrandID(id), v.by); err == nil {
		v.by = by
	}
}

// enterBrand lets somebody look at a brand only, or at all. They stay where they
// are, as far as that is a list; what is of another brand is not there any more.
func (web *Web) enterBrand(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("id"), 10, 64)
	if err != nil || id < 0 {
		return hearth.Errorf(hearth.NotFound, "There is no such brand.")
	}
	if _, err := web.o.Access.Narrow(v.ctx(), access.BrandID(id), v.by); err != nil {
		return err
	}
	c := &http.Cookie{
		Name: brandCookie, Value: v.by.Workspace.String() + "-" + form.Get("id"), Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: v.r.TLS != nil,
	}
	if id == 0 {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(v.w, c)
	return v.back(form.Get("back"))
}

// brandChoice is a brand in the tree of those that somebody may see.
type brandChoice struct {
	choice
	Deep int // how many stand above it, of those
}

// livingBrands are the brands that the visitor may see and that are in use, each
// behind the one above it.
func (v *visit) livingBrands(chosen ...access.BrandID) (list []brandChoice) {
	if !v.by.MaySome(access.ReadBrands) {
		return nil
	}
	brands, err := v.web.o.Access.Brands(v.ctx(), v.by)
	if err != nil {
		v.web.o.Log.Warn("the brands could not be read", "error", err)
		return nil
	}
	return treeOf(brands, chosen)
}

// ofBrand asks for which brand something is to be, where there are brands.
func (v *visit) ofBrand(help string) []input {
	brands := v.livingBrands()
	if len(brands) == 0 {
		return nil
	}
	list := []choice{{"0", v.say("brands.all"), true}}
	for _, b := range brands {
		b.Label = strings.Repeat("– ", b.Deep) + b.Label // what a list of choices can show of a tree
		list = append(list, b.choice)
	}
	return []input{{Name: "brand", Label: v.say("brands.for"), Help: help, Choices: list}}
}

// brandOf is the brand that a form of ofBrand names; 0 for all, or none asked for.
func brandOf(form url.Values) (access.BrandID, error) {
	text := form.Get("brand")
	if text == "" || text == "0" {
		return 0, nil
	}
	id, err := idOf(text, "There is no such brand.")
	return access.BrandID(id), err
}

// brandNames are the names of all brands that the visitor may see.
func (v *visit) brandNames() (map[access.BrandID]string, error) {
	names := map[access.BrandID]string{}
	if !v.by.MaySome(access.ReadBrands) {
		return names, nil
	}
	brands, err := v.web.o.Access.Brands(v.ctx(), v.by)
	for _, b := range brands {
		names[b.ID] = shorten(60, b.Name)
	}
	return names, err
}

func treeOf(brands []access.Brand, chosen []access.BrandID) (list []brandChoice) {
	below := map[access.BrandID][]access.Brand{}
	living := map[access.BrandID]bool{}
	for _, b := range brands {
		living[b.ID] = b.Archived.IsZero()
	}
	for _, b := range brands {
		if !living[b.ID] {
			continue
		}
		if !living[b.Parent] {
			b.Parent = 0
		}
		below[b.Parent] = append(below[b.Parent], b)
	}
	var add func(above access.BrandID, deep int)
	add = func(above access.BrandID, deep int) {
		for _, b := range below[above] {
			list = append(list, brandChoice{choice{b.ID.String(), shorten(60, b.Name), slices.Contains(chosen, b.ID)}, deep})
			add(b.ID, deep+1)
		}
	}
	add(0, 0)
	return list
}

// fillBrands shows in the rail which brand is looked at, and what else could be.
func (v *visit) fillBrands(s *shell) {
	s.Brands = v.livingBrands(v.by.At())
	s.Brand = v.say("brands.all")
	for _, b := range s.Brands {
		if b.Chosen {
			s.Brand = b.Label
		}
	}
	s.AllBrands = v.by.At() == 0
}

// brandsOf reads which brands a form says something belongs to; nil: it has no
// such field, so nothing is said of it.
func brandsOf(form map[string][]string) *[]access.BrandID {
	if _, there := form["of"]; !there {
		return nil
	}
	ids := []access.BrandID{}
	for _, text := range form["of"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			ids = append(ids, access.BrandID(id))
		}
	}
	return &ids
}
