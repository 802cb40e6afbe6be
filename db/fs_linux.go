package db

import (
	"fmt"
	"syscall"

	"hearth"
)

// Magic numbers of file systems (statfs(2)) on which locks and shared memory
// do not hold between machines.
var networkFS = map[uint32]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "CIFS",
	0xfe534d42: "SMB2",
	0x564c:     "NCP",
	0x5346414f: "AFS",
	0x00c36400: "Ceph",
	0x01021997: "9P",
	0x0bd00bd0: "Lustre",
	0x7461636f: "OCFS2",
	0x01161970: "GFS2",
}

func refuseNetworkFS(dir string) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return fmt.Errorf("looking at the data directory: %w", err)
	}
	return refuseFS(dir, uint32(st.Type))
}

func refuseFS(dir string, magic uint32) error {
	if name, is := networkFS[magic]; is {
		return hearth.Errorf(hearth.Unavailable, "%s is on a network file system (%s), where SQLite loses data. Choose a data directory on a local disk.", dir, name)
	}
	return nil
}
