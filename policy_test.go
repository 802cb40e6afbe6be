package hearth_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"hearth/access"
	"hearth/api"
	"hearth/server"
)

// build is a server of a fresh directory, which nothing runs.
func build(t *testing.T) *server.Server {
	t.Helper()
	settings, _, err := server.Load(map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Build(t.Context(), server.Config{Settings: settings, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// operations are all routes of the API.
func operations(s *server.Server) (list []*huma.Operation) {
	for _, path := range s.OpenAPI().Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Patch, path.Put, path.Delete} {
			if op != nil {
				list = append(list, op)
			}
		}
	}
	slices.SortFunc(list, func(a, b *huma.Operation) int {
		if a.OperationID < b.OperationID {
			return -1
		}
		return 1
	})
	return list
}

// proves I33: every route says who may call it with which credentials, how often,
// how much it takes and how long it may last.
func TestEveryRouteDeclaresItsPolicy(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, g := range access.Grants() {
		known[string(g.Permission)] = true
	}
	list := operations(build(t))
	if len(list) < 100 {
		t.Fatalf("only %d routes were found: the test does not see the API", len(list))
	}
	for _, op := range list {
		p, ok := op.Extensions[api.PolicyName].(api.Policy)
		if !ok {
			t.Errorf("%s declares no policy; describe it by API.operation", op.OperationID)
			continue
		}
		switch p.Credentials {
		case "permitted":
			if len(p.Permissions) == 0 {
				t.Errorf("%s declares no permission: say which its verb checks (may: access.…)", op.OperationID)
			}
		case "anybody", "person", "operator", "stranger":
		default:
			t.Errorf("%s takes the credentials %q", op.OperationID, p.Credentials)
		}
		for _, permission := range p.Permissions {
			if !known[permission] {
				t.Errorf("%s needs %q, which no role has: add it to access.Grants", op.OperationID, permission)
			}
		}
		if p.Rate == "" || p.Body <= 0 || p.Deadline <= 0 {
			t.Errorf("%s: %+v", op.OperationID, p)
		}
	}
}

func TestEveryPermissionIsExplainedAndAnOwnersToo(t *testing.T) {
	t.Parallel()
	for _, g := range access.Grants() {
		if !access.Owner.May(g.Permission) {
			t.Errorf("an owner may not %s", g.Permission)
		}
		if g.Means == "" || len(g.Roles) == 0 {
			t.Errorf("%s: say what it means and who has it", g.Permission)
		}
	}
}
