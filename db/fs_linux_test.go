package db

import (
	"testing"

	"hearth"
)

// proves I26
func TestANetworkFileSystemIsRefused(t *testing.T) {
	t.Parallel()
	const nfs, ext4 = 0x6969, 0xef53
	if err := refuseFS("/data", nfs); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Errorf("NFS: %v, want it refused", err)
	}
	if err := refuseFS("/data", ext4); err != nil {
		t.Errorf("ext4: %v", err)
	}
}

// proves I26
func TestAnOldSQLiteIsRefused(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"3.52.9": false, "3.53.0": true, "3.100.1": true, "4.0.0": true, "2.99.0": false, "nonsense": false} {
		if got := atLeast(version, 3, 53); got != want {
			t.Errorf("atLeast(%q, 3, 53) = %v, want %v", version, got, want)
		}
	}
}
