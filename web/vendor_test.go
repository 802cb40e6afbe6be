package web

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"testing"
)

// TestVendoredFilesAreThoseOfTheManifest: a file is what README.md says, and
// each is named there.
func TestVendoredFilesAreThoseOfTheManifest(t *testing.T) {
	t.Parallel()
	manifest, err := static.ReadFile("static/vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, m := range regexp.MustCompile("\\| `([^`]+)` \\|.*\\| `([0-9a-f]{64})` \\|").FindAllStringSubmatch(string(manifest), -1) {
		sums[m[1]] = m[2]
	}
	entries, err := static.ReadDir("static/vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "README.md" {
			continue
		}
		body, err := static.ReadFile(path.Join("static/vendor", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); sums[e.Name()] != got {
			t.Errorf("%s is %s, the manifest says %q", e.Name(), got, sums[e.Name()])
		}
		delete(sums, e.Name())
	}
	for name := range sums {
		t.Errorf("%s is in the manifest and not here", name)
	}
}
