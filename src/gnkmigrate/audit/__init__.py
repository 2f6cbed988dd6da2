"""What a senior DBA would say about the database, as values.

Differences to the target become findings in `gaps`, flaws in `checks/`, one file each; `run`
puts them together with severities (`severity`, `opinions`) and closing phases (`closing`).
"""
