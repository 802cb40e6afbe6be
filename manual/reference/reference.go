// Package reference reads an OpenAPI 3.1 description into what a page for people
// shows: groups of operations with their parameters, fields and an example each.
//
// It reads what the descriptions of Hearth use: references to schemas of the
// same document, properties, items, enums, limits. It resolves references to a
// bounded depth, so a schema that holds itself ends. It fetches nothing.
package reference

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Group is the operations of one subject.
type Group struct {
	Name       string
	Operations []Operation // by path and method
}

// Operation is one route.
type Operation struct {
	ID, Method, Path, Summary string // Path with the server's beginning: /api/…
	Policy                    Policy
	InPath, InQuery           []Field
	Takes                     *Content // nil: no body
	Gives                     *Content // of success; nil: nothing
	Status                    string   // of success
}

// Policy is what holds for a route, as Hearth says it in x-hearth-policy.
type Policy struct {
	Credentials string   `json:"credentials"`
	Permissions []string `json:"permissions"`
	Rate        string   `json:"rate"`
	Body        int64    `json:"body"`     // largest, in bytes
	Deadline    int64    `json:"deadline"` // in seconds
}

// Content is a body.
type Content struct {
	Kind    string // media type
	Fields  []Field
	Example string // JSON, indented; "" where it is none
}

// Field is a parameter, or a property of a body.
type Field struct {
	Name     string
	Depth    int    // within objects and lists of the body
	Type     string // "string", "integer", "list of objects", …
	About    string
	Required bool
	Values   []string // that it may have; nil: any
	Limits   string   // "1 to 200 characters"
}

// document is the part of OpenAPI that is read.
type document struct {
	Servers []struct {
		URL string `json:"url"`
	} `json:"servers"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID         string          `json:"operationId"`
	Summary    string          `json:"summary"`
	Tags       []string        `json:"tags"`
	Policy     Policy          `json:"x-hearth-policy"`
	Parameters []parameter     `json:"parameters"`
	Body       *body           `json:"requestBody"`
	Responses  map[string]body `json:"responses"`
}

type parameter struct {
	Name, In, Description string
	Required              bool
	Schema                *schema
}

type body struct {
	Content map[string]struct {
		Schema *schema `json:"schema"`
	} `json:"content"`
}

type schema struct {
	Ref         string             `json:"$ref"`
	Type        kinds              `json:"type"`
	Format      string             `json:"format"`
	Description string             `json:"description"`
	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Items       *schema            `json:"items"`
	Additional  json.RawMessage    `json:"additionalProperties"`
	Enum        []any              `json:"enum"`
	Default     any                `json:"default"`
	Examples    []any              `json:"examples"`
	Minimum     *float64           `json:"minimum"`
	Maximum     *float64           `json:"maximum"`
	MinLength   *int64             `json:"minLength"`
	MaxLength   *int64             `json:"maxLength"`
	MaxItems    *int64             `json:"maxItems"`
}

// kinds is the type of a schema: one, or one of several ("null" among them).
type kinds []string

func (k *kinds) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(k))
}

// is the kind that matters to people.
func (k kinds) is() string {
	for _, name := range k {
		if name != "null" {
			return name
		}
	}
	return "any"
}

// Read reads a description.
func Read(description []byte) ([]Group, error) {
	var d document
	if err := json.Unmarshal(description, &d); err != nil {
		return nil, fmt.Errorf("reading the description of the API: %w", err)
	}
	base := ""
	if len(d.Servers) > 0 {
		base = d.Servers[0].URL
	}
	byName := map[string]*Group{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			name := "other"
			if len(op.Tags) > 0 {
				name = op.Tags[0]
			}
			if byName[name] == nil {
				byName[name] = &Group{Name: name}
			}
			byName[name].Operations = append(byName[name].Operations, d.operation(base+path, method, &op))
		}
	}
	var groups []Group
	for _, g := range byName {
		slices.SortFunc(g.Operations, func(a, b Operation) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(rank(a.Method), rank(b.Method)))
		})
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return groups, nil
}

// rank is the order in which methods of a path are shown.
func rank(method string) int {
	return slices.Index([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method)
}

func (d *document) operation(path, method string, op *operation) Operation {
	o := Operation{ID: op.ID, Method: strings.ToUpper(method), Path: path, Summary: op.Summary, Policy: op.Policy}
	for _, p := range op.Parameters {
		f := d.field(p.Name, p.Schema, 0)
		f.Required, f.About = p.Required, cmp.Or(p.Description, f.About)
		switch p.In {
		case "path":
			o.InPath = append(o.InPath, f)
		case "query":
			o.InQuery = append(o.InQuery, f)
		}
	}
	if op.Body != nil {
		o.Takes = d.content(op.Body)
	}
	for status, answer := range op.Responses {
		if strings.HasPrefix(status, "2") {
			o.Status, o.Gives = status, d.content(&answer)
		}
	}
	return o
}

// content is the first body of those that there may be, JSON before others.
func (d *document) content(b *body) *Content {
	best := ""
	for kind := range b.Content {
		if best == "" || kind == "application/json" || best != "application/json" && kind < best {
			best = kind
		}
	}
	if best == "" {
		return nil
	}
	c := &Content{Kind: best}
	s := b.Content[best].Schema
	if s == nil || !strings.Contains(best, "json") {
		return c
	}
	c.Fields = d.fields(s, 0)
	if example, err := json.MarshalIndent(d.example("", s, 0), "", "  "); err == nil {
		c.Example = string(example)
	}
	return c
}

// deepest is how far into a body a page goes.
const deepest = 4

// resolve follows references; nil leads nowhere.
func (d *document) resolve(s *schema) *schema {
	for range deepest {
		if s == nil || s.Ref == "" {
			return s
		}
		s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return nil
}

// values is what an object of any names holds; nil: it has none of those.
func (s *schema) values() *schema {
	var v schema
	if len(s.Additional) == 0 || s.Additional[0] != '{' || json.Unmarshal(s.Additional, &v) != nil {
		return nil
	}
	return &v
}

// named are the properties, those that must be there first.
func (s *schema) named() []string {
	var names []string
	for name := range s.Properties {
		if name != "$schema" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(-cmp.Compare(truth(slices.Contains(s.Required, a)), truth(slices.Contains(s.Required, b))), strings.Compare(a, b))
	})
	return names
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fields are the properties of an object, or of the objects of a list, and what
// is in them below each.
func (d *document) fields(s *schema, depth int) (list []Field) {
	s = d.resolve(s)
	if s == nil || depth == deepest {
		return nil
	}
	if s.Type.is() == "array" {
		return d.fields(s.Items, depth)
	}
	if v := s.values(); v != nil {
		return d.fields(v, depth)
	}
	for _, name := range s.named() {
		f := d.field(name, s.Properties[name], depth)
		f.Required = slices.Contains(s.Required, name)
		list = append(list, f)
		list = append(list, d.fields(s.Properties[name], depth+1)...)
	}
	return list
}

func (d *document) field(name string, given *schema, depth int) Field {
	f := Field{Name: name, Depth: depth}
	s := d.resolve(given)
	if s == nil {
		f.Type = "any"
		return f
	}
	f.Type = d.typeOf(s)
	f.About = s.Description
	if given.Description != "" {
		f.About = given.Description
	}
	values := s
	if s.Type.is() == "array" {
		if values = d.resolve(s.Items); values == nil {
			values = s
		}
	}
	for _, v := range values.Enum {
		f.Values = append(f.Values, fmt.Sprint(v))
	}
	f.Limits = s.limits()
	return f
}

// typeOf is a schema's type in words.
func (d *document) typeOf(s *schema) string {
	switch kind := s.Type.is(); kind {
	case "array":
		if items := d.resolve(s.Items); items != nil {
			return "list of " + plural(d.typeOf(items))
		}
		return "list"
	case "string":
		switch s.Format {
		case "date-time":
			return "time (RFC 3339)"
		case "":
			return kind
		}
		return "string (" + s.Format + ")"
	case "object":
		if v := d.resolve(s.values()); v != nil {
			return "object of " + plural(d.typeOf(v)) + " by name"
		}
		return kind
	default:
		return kind
	}
}

func plural(kind string) string {
	first, rest, found := strings.Cut(kind, " ")
	switch {
	case first == "any":
		return "anything"
	case found:
		return first + "s " + rest
	}
	return first + "s"
}

func (s *schema) limits() string {
	between := func(low, high *float64, of string) string {
		switch {
		case low != nil && high != nil:
			return fmt.Sprintf("%s to %s%s", short(*low), short(*high), of)
		case high != nil:
			return fmt.Sprintf("at most %s%s", short(*high), of)
		case low != nil:
			return fmt.Sprintf("at least %s%s", short(*low), of)
		}
		return ""
	}
	switch s.Type.is() {
	case "string":
		return between(number(s.MinLength), number(s.MaxLength), " characters")
	case "array":
		return between(nil, number(s.MaxItems), " items")
	}
	return between(s.Minimum, s.Maximum, "")
}

func number(n *int64) *float64 {
	if n == nil {
		return nil
	}
	f := float64(*n)
	return &f
}

// short is a number with its thousands apart.
func short(f float64) string {
	s := fmt.Sprintf("%.12g", f)
	for at := len(s) - 3; at > 0 && !strings.ContainsAny(s, ".e-"); at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// object is a JSON object whose names keep their order.
type object []entry

type entry struct {
	name  string
	value any
}

// MarshalJSON writes the names in order.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, e := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(e.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(e.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// example is a value of a schema.
func (d *document) example(name string, s *schema, depth int) any {
	s = d.resolve(s)
	switch {
	case s == nil || depth > deepest:
		return nil
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Default != nil:
		return s.Default
	}
	switch s.Type.is() {
	case "object":
		if v := s.values(); v != nil {
			return object{{"name", d.example("name", v, depth+1)}}
		}
		o := object{}
		for _, name := range s.named() {
			o = append(o, entry{name, d.example(name, s.Properties[name], depth+1)})
		}
		return o
	case "array":
		return []any{d.example(name, s.Items, depth+1)}
	case "boolean":
		return false
	case "integer", "number":
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 0
	case "string":
		return word(name, s.Format)
	}
	return nil
}

// word is an example of a string.
func word(name, format string) string {
	switch {
	case format == "date-time":
		return "2026-05-01T09:00:00Z"
	case name == "query":
		return "coffee AND NOT tea"
	case name == "name":
		return "Coffee"
	}
	return "…"
}
