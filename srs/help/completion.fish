# Completion of srs in fish. See srs help completion.
function _srs_completion
    set -l words (commandline -opc) (string replace -r '^["\']' '' -- (commandline -ct))
    env _SRS_COMPLETE=fish $words[1] $words[2..-1] 2>/dev/null | while read -l -d \t kind value help
        switch $kind
            case plain
                printf '%s\t%s\n' $value $help
            case dir
                __fish_complete_directories (commandline -ct)
            case '*'
                __fish_complete_path (commandline -ct)
        end
    end
end
complete -c srs -f -a '(_srs_completion)'
