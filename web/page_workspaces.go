package web

import (
	"strconv"

	"hearth"
)

// enterWorkspace lets somebody look at another of their workspaces. They begin
// there at the start: an address of one workspace means nothing in another.
func (web *Web) enterWorkspace(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return hearth.Errorf(hearth.Invalid, "This form could not be read; send it again.")
	}
	id, err := strconv.ParseInt(v.r.PostForm.Get("id"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.NotFound, "There is no such workspace.")
	}
	if err := web.o.Access.EnterWorkspace(v.ctx(), v.by, hearth.WorkspaceID(id)); err != nil {
		return err
	}
	return v.back("/")
}
