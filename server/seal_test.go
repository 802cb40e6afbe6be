package server

import (
	"os"
	"path/filepath"
	"testing"

	"hearth"
)

func TestTheKeyForSecretsIsMadeOnceAndKeptPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := sealer(dir, nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, keysDir, sealFile)
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the key may be read with mode %v", info.Mode())
	}
	if _, err := sealer(dir, nil); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(first) {
		t.Error("another start made another key")
	}
	if err := os.WriteFile(path, first[:5], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sealer(dir, nil); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("a cut key: %v", err)
	}
}
