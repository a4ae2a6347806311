#!/bin/sh
# Makes the passwords that docker-compose.yml asks for, where missing: sh deploy/compose/secrets.sh FOLDER
# The folder is closed to everybody else; the files in it are open, because containers run as other users.
set -eu
folder=${1:?Say in which folder the secrets shall be kept, outside the repository.}
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"
names=postgres_password
for service in budget contracts outcomes gateway; do
    names="$names ${service}_migrate_password ${service}_app_password"
done
for name in $names; do
    if [ ! -s "$folder/$name" ]; then
        od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' > "$folder/.$name"
        chmod 0444 "$folder/.$name"
        mv -f "$folder/.$name" "$folder/$name"
        echo "made $folder/$name"
    fi
done
